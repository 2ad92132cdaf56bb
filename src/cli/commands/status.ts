import type * as Action from '../actions/status';
import { examples, lazily, type Register } from '../cli';
import { nameArgument, workflowIdOption } from '../options';

/** `bigswitch status`: where a migration is, and what it waits for. */
export const statusCommand: Register = (program, cli) => {
  program
    .command('status')
    .description('Shows where a migration is, what it waits for, and what to type.')
    .addArgument(nameArgument())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch status', 'the one that runs, or the last one'],
        ['bigswitch status shop --json | jq .status.gate', 'the open gate with its evidence and token'],
      ),
    )
    .action(lazily(cli, () => require('../actions/status') as typeof Action));
};
