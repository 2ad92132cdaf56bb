import type { Command } from 'commander';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { gateOf, needReason, needToken, reasonOf, type GateFlags } from '../gates';
import { findMigration, typed } from '../migrations';
import { sendAndTell } from '../send';
import { withServer } from '../with-server';

interface RejectOptions extends GateFlags {
  by?: string;
  reason?: string;
  workflowId?: string;
}

/** Says no to the open gate. */
export async function run(cli: Cli, name: string | undefined, options: RejectOptions, command: Command): Promise<void> {
  needToken(cli.io, { ...options, name });
  needReason(cli.io, options.reason);
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const { gate, token } = await gateOf(server, found, options);
    const reason = await reasonOf(cli.io, options.reason, `Why is gate ${gate} rejected?`);
    const message = { gate, token, by, reason };
    const told = `${found.name}: gate ${gate} is rejected; the migration is paused. To go on: bigswitch resume ${typed(found)}`;
    await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'reject', message, told);
  });
}
