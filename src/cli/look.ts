import type { Cli } from './cli';
import { CliError, EXIT } from './exit';
import { NO_WORKER } from './explain';
import { note } from './io';
import type { Server } from './server';

/** A workflow that was started to look. */
interface Started<T> {
  result(): Promise<T>;
  cancel(): Promise<unknown>;
}

/**
 * Starts a workflow that only looks, and waits for what it has seen. Ctrl-C cancels it.
 * @throws CliError MISSING when no worker takes the task queue; INTERRUPTED on Ctrl-C
 */
export async function look<T>(
  { cli, server, taskQueue }: { cli: Cli; server: Server; taskQueue: string },
  start: () => Promise<Started<T>>,
): Promise<T> {
  if (!(await server.hasWorker(taskQueue))) {
    throw new CliError(EXIT.MISSING, `No worker polls the task queue "${taskQueue}", so nobody can look`, NO_WORKER);
  }
  const { io } = cli;
  const handle = await start();
  cli.endsByItself();
  if (io.interactive) note(io, 'Looks at every host and the cluster. Nothing is changed.');
  const interrupted = new Promise<never>((_resolve, reject) => {
    const stop = () => {
      const told = new CliError(EXIT.INTERRUPTED, 'Interrupted. Nothing was changed.');
      handle.cancel().then(
        () => reject(told),
        () => reject(told),
      );
    };
    if (io.signal.aborted) stop();
    else io.signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([handle.result(), interrupted]);
}
