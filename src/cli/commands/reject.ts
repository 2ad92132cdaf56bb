import type * as Action from '../actions/reject';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

/** `bigswitch reject`: says no to the open gate. */
export const rejectCommand: Register = (program, cli) => {
  program
    .command('reject')
    .description('Says no to the open gate. The migration is then paused; `resume` opens the gate again.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'why; kept in the audit')
    .option('--gate <gate>', 'default: the open one')
    .option('--token <token>', 'token of the gate as `status` shows it; needed without a terminal')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch reject --reason "not on a Friday"', '']))
    .action(lazily(cli, () => require('../actions/reject') as typeof Action));
};
