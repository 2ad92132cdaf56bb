import type * as Action from '../actions/resume';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

/** `bigswitch resume`: lets a paused or blocked migration go on. */
export const resumeCommand: Register = (program, cli) => {
  program
    .command('resume')
    .description('Lets a paused migration go on; a blocked one tries its phase again.')
    .addArgument(nameArgument())
    .option('--reason <text>', 'kept in the audit')
    .option('--cut-off <addresses>', 'lets a rollback cut off who is still connected to a front, by commas')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch resume', '']))
    .action(lazily(cli, () => require('../actions/resume') as typeof Action));
};
