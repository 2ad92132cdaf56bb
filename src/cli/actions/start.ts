import type { Command } from 'commander';
import { startMigration } from '../../client';
import type { Cli } from '../cli';
import { readPlan } from '../plan-file';
import { tellStarted, type StartingOptions } from '../started';
import { withServer } from '../with-server';

/** Starts a migration. */
export async function run(cli: Cli, path: string, options: StartingOptions, command: Command): Promise<void> {
  const { input } = readPlan(path);
  await withServer(cli, command, async (server) => {
    const handle = await startMigration(server.client, input, options);
    await tellStarted({ cli, server, command }, handle, options, 'is started', ['migrated']);
  });
}
