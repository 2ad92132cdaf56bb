import type { Command } from 'commander';
import { byOf } from '../by';
import type { Cli } from '../cli';
import { findMigration, typed } from '../migrations';
import { sendAndTell } from '../send';
import { withServer } from '../with-server';

interface PauseOptions {
  by?: string;
  reason?: string;
  workflowId?: string;
}

/** Holds a migration before its next change. */
export async function run(cli: Cli, name: string | undefined, options: PauseOptions, command: Command): Promise<void> {
  const { reason } = options;
  const by = byOf(cli.io.env, options.by);
  await withServer(cli, command, async (server) => {
    const found = await findMigration(server, { ...options, name });
    const told = `${found.name} is paused. To go on: bigswitch resume ${typed(found)}`;
    await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'pause', { by, reason }, told);
  });
}
