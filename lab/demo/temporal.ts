import execa from 'execa';
import { Connection, Client } from '@temporalio/client';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { devServerArgs, workerPolls } from '../../src/embedded/dev-server';
import { ROOT } from '../paths';
import { freePort, startProcess, type Started } from '../../src/embedded/processes';

/** A running Temporal dev server and how to talk to it. */
export interface TemporalServer {
  address: string;
  uiUrl: string;
  client: Client;
  /** Runs the real `temporal` CLI against this server. @returns stdout @throws when it exits non-zero, with its stderr */
  cli(args: string[]): Promise<string>;
  /** Kills the server with SIGKILL; its database file stays. */
  crash(): Promise<void>;
  /** Starts it again on its database file, at the same address. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts `temporal server start-dev` on loopback, with a SQLite file and the UI on.
 * @param folder where the database and the log go
 */
export async function startTemporal(binary: string, folder: string): Promise<TemporalServer> {
  const port = await freePort(7233);
  const uiPort = await freePort(8233);
  const address = `127.0.0.1:${port}`;
  const start = () => startProcess(folder, 'temporal', binary, devServerArgs({ folder, port, uiPort }));
  let server = start();
  try {
    const connection = await connectWhenReady(address, server, folder);
    return {
      address,
      uiUrl: `http://127.0.0.1:${uiPort}`,
      client: new Client({ connection }),
      cli: temporalCli(binary, address),
      crash: () => server.kill('SIGKILL'),
      startAgain: async () => {
        server = start();
        await (await connectWhenReady(address, server, folder)).close();
      },
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

/** Runs the real `temporal` CLI against a server; see `TemporalServer.cli`. */
export function temporalCli(binary: string, address: string): TemporalServer['cli'] {
  return async (args) => (await execa(binary, [...args, '--address', address], { env: { NO_COLOR: '1' } })).stdout;
}

async function connectWhenReady(address: string, server: Started, folder: string): Promise<Connection> {
  for (let attempt = 0; ; attempt++) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 2000 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return connection;
    } catch (error) {
      if (server.exited()) throw new Error(`the Temporal dev server ended at once; see ${folder}/temporal.log`);
      if (attempt > 120) throw error;
      await sleep(250);
    }
  }
}

/** How a worker is started. */
export interface WorkerOptions {
  /** Short name for its log and pid; default `worker`. */
  name?: string;
  /** The build that it runs; default: `dist` of the repository. */
  dist?: string;
}

/**
 * Starts a worker and waits until it polls the task queue.
 * @param folder where its log goes
 * @throws when it ends, or does not poll within 90 s
 */
export async function startWorker(
  folder: string,
  temporal: TemporalServer,
  { name = 'worker', dist = join(ROOT, 'dist') }: WorkerOptions = {},
): Promise<Started> {
  const worker = startProcess(folder, name, process.execPath, [join(dist, 'worker.js')], {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: 'default',
  });
  for (let attempt = 0; attempt < 360; attempt++) {
    if (worker.exited()) throw new Error(`the worker ended at once; see ${folder}/${name}.log`);
    if (await workerPolls(temporal.client, worker.pid)) return worker;
    await sleep(250);
  }
  await worker.stop();
  throw new Error(`the worker did not poll its task queue within 90 s; see ${folder}/${name}.log`);
}
