import type * as Action from '../actions/start';
import { examples, lazily, type Register } from '../cli';
import { taskQueueOption } from '../options';

/** `bigswitch start`: starts a migration. */
export const startCommand: Register = (program, cli) => {
  program
    .command('start')
    .description('Starts a migration. It asks at its gates before anything that can not be undone.')
    .argument('<plan>', 'plan file, YAML or JSON')
    .option('--wait', 'stay, tell how it goes, and end when it has ended')
    .option('--workflow-id <id>', 'another workflow id than bigswitch-NAME')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch start plan.yaml', 'start, and come back'],
        ['bigswitch start plan.yaml --wait', 'stay until it has ended: 0 only when it is migrated'],
        ['bigswitch start plan.yaml --profile prod', "on the server of a profile of Temporal's configuration"],
      ),
    )
    .action(lazily(cli, () => require('../actions/start') as typeof Action));
};
