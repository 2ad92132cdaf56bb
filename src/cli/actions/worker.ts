import type { Command } from 'commander';
import type * as WorkerModule from '../../worker';
import type { Cli } from '../cli';
import { connectionOf, connectServer } from '../server';

/** Runs a worker. */
export async function run(cli: Cli, { taskQueue }: { taskQueue: string }, command: Command): Promise<void> {
  const flags = cli.globals(command);
  // Says better than the worker's own connection what is wrong with the server.
  await (await connectServer(flags, cli.io.env)).close();
  // What is under way on a host ends first; the worker itself listens to Ctrl-C.
  cli.endsByItself();
  // Not before there is a server: it takes seconds to load.
  const { runWorker } = require('../../worker') as typeof WorkerModule;
  const { connectionOptions, namespace } = connectionOf(flags, cli.io.env);
  await runWorker({ connectionOptions, namespace, taskQueue });
}
