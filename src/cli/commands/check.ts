import type * as Action from '../actions/check';
import { examples, lazily, type Register } from '../cli';
import { taskQueueOption } from '../options';

/** `bigswitch check`: preflight by itself. */
export const checkCommand: Register = (program, cli) => {
  program
    .command('check')
    .description(
      'Runs preflight by itself: looks at every host and the cluster, and changes nothing. Exits 1 when a check fails.',
    )
    .argument('<plan>', 'plan file, YAML or JSON')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch check plan.yaml', 'every check, the worst first, with what to do'],
        [`bigswitch check plan.yaml --json | jq '.checks[] | select(.result == "failed")'`, ''],
      ),
    )
    .action(lazily(cli, () => require('../actions/check') as typeof Action));
};
