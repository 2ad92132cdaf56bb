import execa from 'execa';
import { Connection, Client } from '@temporalio/client';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startProcess, type Started } from './processes';

/** A running Temporal dev server and how to talk to it. */
export interface TemporalServer {
  address: string;
  uiUrl: string;
  client: Client;
  /** Runs the real `temporal` CLI against this server. @returns stdout @throws when it exits non-zero, with its stderr */
  cli(args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Task queue that the worker polls. */
export const TASK_QUEUE = 'bigswitch';

/**
 * Starts `temporal server start-dev` on loopback, with a SQLite file and the UI on.
 * @param folder where the database and the log go
 */
export async function startTemporal(binary: string, folder: string): Promise<TemporalServer> {
  const port = await freePort(7233);
  const uiPort = await freePort(8233);
  const address = `127.0.0.1:${port}`;
  const server = startProcess(folder, 'temporal', binary, [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', join(folder, 'temporal.db'), '--log-level', 'warn'],
  ]);
  try {
    const connection = await connectWhenReady(address, server);
    return {
      address,
      uiUrl: `http://127.0.0.1:${uiPort}`,
      client: new Client({ connection }),
      cli: async (args) => (await execa(binary, [...args, '--address', address], { env: { NO_COLOR: '1' } })).stdout,
      stop: async () => {
        await connection.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connectWhenReady(address: string, server: Started): Promise<Connection> {
  for (let attempt = 0; ; attempt++) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2000 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return connection;
    } catch (error) {
      if (server.exited()) throw new Error('the Temporal dev server ended at once; see out/demo/temporal.log');
      if (attempt > 120) throw error;
      await sleep(250);
    }
  }
}

/**
 * Starts the worker and waits until it polls the task queue.
 * @throws when it ends, or does not poll within 90 s
 */
export async function startWorker(folder: string, root: string, temporal: TemporalServer): Promise<Started> {
  const worker = startProcess(folder, 'worker', process.execPath, [join(root, 'dist', 'worker.js')], {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: 'default',
  });
  for (let attempt = 0; attempt < 360; attempt++) {
    if (worker.exited()) throw new Error('the worker ended at once; see out/demo/worker.log');
    const queue = await temporal.client.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: TASK_QUEUE },
      taskQueueType: 1,
    });
    if ((queue.pollers?.length ?? 0) > 0) return worker;
    await sleep(250);
  }
  await worker.stop();
  throw new Error('the worker did not poll its task queue within 90 s; see out/demo/worker.log');
}
