import type * as Action from '../actions/evidence';
import { examples, lazily, type Register } from '../cli';
import { nameArgument, workflowIdOption } from '../options';

/** `bigswitch evidence`: the facts of the open gate, or of the last one. */
export const evidenceCommand: Register = (program, cli) => {
  program
    .command('evidence')
    .description('Shows the evidence of the open gate, or of the last one.')
    .addArgument(nameArgument())
    .addOption(workflowIdOption())
    .addHelpText('after', examples(['bigswitch evidence', ''], ['bigswitch evidence shop --json', 'for programs']))
    .action(lazily(cli, () => require('../actions/evidence') as typeof Action));
};
