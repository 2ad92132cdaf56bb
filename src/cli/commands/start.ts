import type { Command } from 'commander';
import { startMigration } from '../../client';
import { readPlanFile } from '../../plan/load';
import type { PlanInput } from '../../plan/schema';
import { examples, type Cli, type Register } from '../cli';
import { taskQueueOption } from '../options';
import type { Server } from '../server';
import { tellStarted, type StartingOptions } from '../started';

/** `bigswitch start`: starts a migration. */
export const startCommand: Register = (program, cli) => {
  program
    .command('start')
    .description('Starts a migration. It asks at its gates before anything that can not be undone.')
    .argument('<plan>', 'plan file, YAML or JSON')
    .option('--wait', 'stay, tell how it goes, and end when it has ended')
    .option('--workflow-id <id>', 'another workflow id than bigswitch-NAME')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch start plan.yaml', 'start, and come back'],
        ['bigswitch start plan.yaml --wait', 'stay until it has ended: 0 only when it is migrated'],
        ['bigswitch start plan.yaml --profile prod', "on the server of a profile of Temporal's configuration"],
      ),
    )
    .action((path: string, options: StartingOptions, command: Command) =>
      cli.withServer(command, (server) => start(cli, server, command, path, options)),
    );
};

async function start(
  cli: Cli,
  server: Server,
  command: Command,
  path: string,
  options: StartingOptions,
): Promise<void> {
  // The input is checked by startMigration, and sent as it was written.
  const handle = await startMigration(server.client, readPlanFile(path) as PlanInput, options);
  await tellStarted({ cli, server, command }, handle, options, 'is started', ['migrated']);
}
