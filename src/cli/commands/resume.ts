import type { Command } from 'commander';
import { examples, type Register } from '../cli';
import { findMigration } from '../migrations';
import { byOption, nameArgument, workflowIdOption } from '../options';
import { sendAndTell } from '../send';

interface ResumeOptions {
  by: string;
  reason?: string;
  workflowId?: string;
}

/** `bigswitch resume`: lets a paused or blocked migration go on. */
export const resumeCommand: Register = (program, cli) => {
  program
    .command('resume')
    .description('Lets a paused migration go on; a blocked one tries its phase again.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'kept in the audit')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch resume', '']))
    .action((name: string | undefined, options: ResumeOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name });
        const { by, reason } = options;
        const told = `${found.name} goes on.`;
        await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'resume', { by, reason }, told);
      }),
    );
};
