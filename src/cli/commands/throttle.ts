import type * as Action from '../actions/throttle';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, positive, workflowIdOption } from '../options';

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
    .action(lazily(cli, () => require('../actions/throttle') as typeof Action));
};
