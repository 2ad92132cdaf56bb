import type * as Action from '../actions/approve';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

/** `bigswitch approve`: says yes to the open gate. */
export const approveCommand: Register = (program, cli) => {
  program
    .command('approve')
    .description('Approves the open gate, after it has shown its evidence. Says whether it was accepted, and why not.')
    .addArgument(nameArgument())
    .option('--gate <gate>', 'big-switch, drain:HOST or teardown; default: the open one')
    .option('--token <token>', 'token of the gate as `status` shows it; needed without a terminal')
    .option('--yes', 'with --token: do not ask again')
    .addOption(byOption())
    .option('--note <text>', 'kept in the audit')
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch approve', 'the open gate of the one migration that runs'],
        ['bigswitch approve shop --gate big-switch --token 1a2b3c4d', 'only if this is still its token'],
        ['bigswitch approve --token 1a2b3c4d --yes --by ann', 'without a question, as in a script'],
      ),
    )
    .action(lazily(cli, () => require('../actions/approve') as typeof Action));
};
