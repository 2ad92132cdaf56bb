import type * as Action from '../actions/worker';
import { examples, lazily, type Register } from '../cli';
import { taskQueueOption } from '../options';

/** `bigswitch worker`: does the work of migrations until it is stopped. */
export const workerCommand: Register = (program, cli) => {
  program
    .command('worker')
    .description(
      'Runs a worker until Ctrl-C: it reaches the hosts and does the work of migrations. Secrets are resolved on this machine.',
    )
    .addOption(taskQueueOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch worker', 'for the server on this machine'],
        ['BIGSWITCH_METRICS=9464 bigswitch worker', 'with metrics for Prometheus'],
        ['bigswitch worker --profile prod', "for the server of a profile of Temporal's configuration"],
      ),
    )
    .action(lazily(cli, () => require('../actions/worker') as typeof Action));
};
