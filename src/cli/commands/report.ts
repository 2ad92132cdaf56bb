import type * as Action from '../actions/report';
import { examples, lazily, type Register } from '../cli';
import { nameArgument, workflowIdOption } from '../options';

/** `bigswitch report`: fetches the report of a migration. */
export const reportCommand: Register = (program, cli) => {
  program
    .command('report')
    .description(
      'Fetches the report of a migration that has ended. It is made from its history, so no worker is needed.',
    )
    .addArgument(nameArgument())
    .option('--out <folder>', 'folder for report.html and report.json', 'out')
    .option('--open', 'open it in the browser')
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch report', 'of the migration that ended last'],
        ['bigswitch report shop --open', ''],
        ['bigswitch report shop --json | jq .figures', 'report.json to standard output; no file is written'],
      ),
    )
    .action(lazily(cli, () => require('../actions/report') as typeof Action));
};
