import type * as Action from '../actions/resume';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

/** `bigswitch resume`: lets a paused or blocked migration go on. */
export const resumeCommand: Register = (program, cli) => {
  program
    .command('resume')
    .description('Lets a paused migration go on, by ending your own pause; a blocked one tries its phase again.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'kept in the audit')
    .option('--all', "ends everybody's pause, not only your own, and a block too")
    .option('--cut-off <addresses>', 'lets a rollback cut off who is still connected to a front, by commas')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch resume', ''], ['bigswitch resume --all', 'the others have agreed']))
    .action(lazily(cli, () => require('../actions/resume') as typeof Action));
};
