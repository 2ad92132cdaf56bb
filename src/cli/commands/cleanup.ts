import type * as Action from '../actions/cleanup';
import { examples, lazily, type Register } from '../cli';
import { taskQueueOption } from '../options';

/** `bigswitch cleanup`: puts right what a migration left that was terminated. */
export const cleanupCommand: Register = (program, cli) => {
  program
    .command('cleanup')
    .description(
      'Puts right what a terminated migration left. It finds out from the hosts how far that had come, and goes back; a teardown that had begun is finished.',
    )
    .argument('<plan>', 'plan file of that migration, YAML or JSON')
    .option('--take-over <run...>', 'runs whose hosts are taken over although they may live, as the refusal names them')
    .option('--yes', 'do not ask; needed for --take-over without a terminal')
    .option('--wait', 'stay, tell how it goes, and end when it has ended')
    .option('--workflow-id <id>', 'workflow id of that migration, if it is not bigswitch-NAME')
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch cleanup plan.yaml', 'start, and come back'],
        ['bigswitch cleanup plan.yaml --wait', 'stay until it has ended: 0 when nothing is left'],
        ['bigswitch cleanup plan.yaml --take-over RUN', 'that run is gone for good, with its server'],
      ),
    )
    .action(lazily(cli, () => require('../actions/cleanup') as typeof Action));
};
