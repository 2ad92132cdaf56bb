import type { Command } from 'commander';
import type * as WorkerModule from '../../worker';
import { examples, type Register } from '../cli';
import { taskQueueOption } from '../options';
import { connectionOf, connectServer } from '../server';

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
    .action(async ({ taskQueue }: { taskQueue: string }, command: Command) => {
      const flags = cli.globals(command);
      // Says better than the worker's own connection what is wrong with the server.
      await (await connectServer(flags, cli.io.env)).close();
      // What is under way on a host ends first; the worker itself listens to Ctrl-C.
      cli.endsByItself();
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- only this command pays seconds for loading it
      const { runWorker } = require('../../worker') as typeof WorkerModule;
      const { connectionOptions, namespace } = connectionOf(flags, cli.io.env);
      await runWorker({ connectionOptions, namespace, taskQueue });
    });
};
