import type { Command } from 'commander';
import { examples, type Register } from '../cli';
import { findMigration } from '../migrations';
import { byOption, nameArgument, positive, workflowIdOption } from '../options';
import { sendAndTell } from '../send';

interface ThrottleOptions {
  by: string;
  mbps: number;
  workflowId?: string;
}

/** `bigswitch throttle`: bounds the shard traffic. */
export const throttleCommand: Register = (program, cli) => {
  program
    .command('throttle')
    .description('Bounds the shard traffic into one node. It counts at once, also while the migration is paused.')
    .addArgument(nameArgument())
    .requiredOption('--mbps <n>', 'MiB per second', positive)
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch throttle --mbps 20', 'the apps need the link']))
    .action((name: string | undefined, options: ThrottleOptions, command: Command) =>
      cli.withServer(command, async (server) => {
        const found = await findMigration(server, { ...options, name });
        const message = { maxMBps: options.mbps, by: options.by };
        const told = `${found.name}: at most ${options.mbps} MiB/s into one node.`;
        await sendAndTell({ cli, server, json: cli.globals(command).json }, found, 'throttle', message, told);
      }),
    );
};
