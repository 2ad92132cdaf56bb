import type * as Action from '../actions/rollback';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

/** `bigswitch rollback`: turns a migration round. */
export const rollbackCommand: Register = (program, cli) => {
  program
    .command('rollback')
    .description('Turns a migration round: all is put back as it was. Possible until teardown begins.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'why; kept in the audit')
    .option('--yes', 'do not ask; needed without a terminal')
    .option('--wait', 'stay, tell how it goes, and end when it has ended')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch rollback --reason "the new hosts are slow"', 'asks for the name first'],
        ['bigswitch rollback shop --reason slow --yes --wait', 'as in a script'],
      ),
    )
    .action(lazily(cli, () => require('../actions/rollback') as typeof Action));
};
