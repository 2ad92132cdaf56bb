import type * as Action from '../actions/pause';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

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
    .action(lazily(cli, () => require('../actions/pause') as typeof Action));
};
