import type * as Action from '../actions/give-up';
import { examples, lazily, type Register } from '../cli';
import { byOption, workflowIdOption } from '../options';

/** `bigswitch give-up`: a host is gone for good, and the migration goes on without it. */
export const giveUpCommand: Register = (program, cli) => {
  program
    .command('give-up')
    .description(
      'Says that a host is gone for good. From there on it is not in the plan: nothing is asked of it, and what was changed on it stays there and is told in the report. The cluster must do without it already: its node is not in it, and it is green. This can not be taken back.',
    )
    .argument('<name>', 'name of the migration, as in its plan')
    .argument('<host>', 'name of the host, as in its plan; never the hub, nor the last of its kind')
    .option('--reason <text>', 'why; kept in the audit and the report')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch give-up shop old-1 --reason "handed back after its drain"', '']))
    .action(lazily(cli, () => require('../actions/give-up') as typeof Action));
};
