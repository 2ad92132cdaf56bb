import type { Command } from 'commander';
import { startCleanUp } from '../../client';
import type { Cli } from '../cli';
import { readPlan } from '../plan-file';
import { tellStarted, type StartingOptions } from '../started';
import { withServer } from '../with-server';

/** Starts the clean-up after a migration that was terminated. */
export async function run(cli: Cli, path: string, options: StartingOptions, command: Command): Promise<void> {
  const { input } = readPlan(path);
  await withServer(cli, command, async (server) => {
    const handle = await startCleanUp(server.client, input, options);
    const good = ['rolled-back', 'migrated', 'nothing-left'] as const;
    await tellStarted({ cli, server, command }, handle, options, 'is being cleaned up', [...good]);
  });
}
