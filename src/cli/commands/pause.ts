import type { Command } from 'commander';
import { examples, type Register } from '../cli';
import { findMigration, typed } from '../migrations';
import { byOption, nameArgument, workflowIdOption } from '../options';
import { sendAndTell } from '../send';

interface PauseOptions {
  by: string;
  reason?: string;
  workflowId?: string;
}

/** `bigswitch pause`: holds a migration before its next change. */
export const pauseCommand: Register = (program, cli) => {
  program
    .command('pause')
    .description('Holds a migration before its next change. What is under way ends; shards that move go on moving.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'why; kept in the audit')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch pause --reason lunch', '']))
    .action((name: string | undefined, options: PauseOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name });
        const { by, reason } = options;
        const told = `${found.name} is paused. To go on: bigswitch resume ${typed(found)}`;
        await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'pause', { by, reason }, told);
      }),
    );
};
