import type { Command } from 'commander';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { needReason, reasonOf } from '../gates';
import { findMigration } from '../migrations';
import { sendAndTell } from '../send';
import { withServer } from '../with-server';

interface GiveUpOptions {
  by?: string;
  reason?: string;
  workflowId?: string;
}

/** Says that a host is gone for good. */
export async function run(
  cli: Cli,
  name: string,
  host: string,
  options: GiveUpOptions,
  command: Command,
): Promise<void> {
  needReason(cli.io, options.reason);
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const reason = await reasonOf(cli.io, options.reason, `Why is ${host} given up?`);
    const told = `${found.name}: ${host} is given up; the migration goes on without it.`;
    const { json } = cli.globals(command);
    await sendAndTell({ cli, server, json }, found, 'giveUp', { host, by, reason }, told);
  });
}
