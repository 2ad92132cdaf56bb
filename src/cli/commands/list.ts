import type * as Action from '../actions/list';
import { examples, lazily, type Register } from '../cli';

/** `bigswitch list`: the migrations of a namespace. */
export const listCommand: Register = (program, cli) => {
  program
    .command('list')
    .description('Lists the migrations that run, or all.')
    .option('-a, --all', 'those that have ended too')
    .addHelpText(
      'after',
      examples(['bigswitch list', ''], ['bigswitch list --all --json', 'every one that the server still knows']),
    )
    .action(lazily(cli, () => require('../actions/list') as typeof Action));
};
