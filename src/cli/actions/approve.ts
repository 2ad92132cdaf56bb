import type { Command } from 'commander';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { confirmGate, freshGate, gateOf, needToken, type GateFlags } from '../gates';
import { findMigration } from '../migrations';
import { sendAndTell } from '../send';
import { withServer } from '../with-server';

interface ApproveOptions extends GateFlags {
  by?: string;
  note?: string;
  workflowId?: string;
}

/** Says yes to the open gate. */
export async function run(
  cli: Cli,
  name: string | undefined,
  options: ApproveOptions,
  command: Command,
): Promise<void> {
  const { note, token: given, yes } = options;
  needToken(cli.io, { ...options, name });
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const { gate, token: known, open } = await gateOf(server, found, options);
    let token = known;
    if (open && cli.io.interactive && !(given !== undefined && yes)) {
      const fresh = await freshGate(cli.io, server, found, open);
      token = given ?? fresh.token;
      await confirmGate(cli.io, fresh);
    }
    const { json } = cli.globals(command);
    const told = `${found.name}: the approval of gate ${gate} by ${by} is accepted.`;
    await sendAndTell({ cli, server, json }, found, 'approve', { gate, token, by, note }, told);
  });
}
