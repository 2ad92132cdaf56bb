import { Connection, Client } from '@temporalio/client';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { devServerArgs, workerPolls, type DevServerPlace } from './dev-server';
import { claimFolder, clearLeftProcesses, startProcess, tryPort, type Started } from './processes';

/** What is to be started. */
export interface UpOptions extends DevServerPlace {
  /** The `temporal` program. */
  temporal: string;
  /** Command line of the worker; it finds the server by `TEMPORAL_ADDRESS`. */
  worker: [command: string, ...args: string[]];
  /** Aborted: everything is brought down. */
  signal: AbortSignal;
}

/** What runs. */
export interface Up {
  address: string;
  uiUrl: string;
  /** Ends when it was asked to, or when a part has ended by itself: then with its name. */
  ended: Promise<'temporal' | 'worker' | undefined>;
  /** Stops the worker, which ends what is under way first, then the server. */
  stop(): Promise<void>;
}

/** Another one works with the same folder. */
export class AlreadyUpError extends Error {
  constructor(readonly pid: number) {
    super(`it is up already, as process ${pid}`);
  }
}

/** Something else listens where the server is to. */
export class PortTakenError extends Error {
  constructor(readonly port: number) {
    super(`port ${port} of 127.0.0.1 is taken`);
  }
}

/** A part did not come up. Its log says why. */
export class NotUpError extends Error {
  constructor(
    readonly part: 'temporal' | 'worker',
    readonly log: string,
  ) {
    super(`${part === 'temporal' ? 'the Temporal server' : 'the worker'} did not come up; see ${log}`);
  }
}

/** The worker ends within 60 s of being asked to; see src/worker.ts. */
const WORKER_PATIENCE_MS = 70_000;
const READY_SECONDS = 90;
const LOOK_EVERY_MS = 250;

/**
 * Starts a Temporal server with a database file, and a worker, both on this machine alone, and waits until they are ready.
 * What a run that was killed left in the folder is stopped first.
 * @throws AlreadyUpError, PortTakenError or NotUpError; then nothing is left running
 */
export async function bringUp(options: UpOptions): Promise<Up> {
  const { folder, port, uiPort, signal } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const other = claimFolder(folder);
  if (other !== undefined) throw new AlreadyUpError(other);
  const parts: Started[] = [];
  // Who does not wait for the good order, by a second Ctrl-C, must not leave anything running either.
  const cutOff = () => {
    for (const part of parts) void part.kill('SIGTERM');
  };
  process.once('exit', cutOff);
  const stop = async () => {
    for (const part of [...parts].reverse()) await part.stop(WORKER_PATIENCE_MS);
    process.off('exit', cutOff);
    rmSync(join(folder, 'lock'), { force: true });
  };
  try {
    await clearLeftProcesses(folder);
    for (const each of [port, uiPort]) if ((await tryPort(each)) === undefined) throw new PortTakenError(each);
    const server = startProcess(folder, 'temporal', options.temporal, devServerArgs(options));
    parts.push(server);
    const address = `127.0.0.1:${port}`;
    const uiUrl = `http://127.0.0.1:${uiPort}`;
    await ready('temporal', server, options, () => answers(address));
    const [command, ...args] = options.worker;
    const worker = startProcess(folder, 'worker', command, args, {
      ...onlyServer(address, folder),
      BIGSWITCH_UI: uiUrl,
    });
    parts.push(worker);
    await ready('worker', worker, options, () => withServer(address, (client) => workerPolls(client, worker.pid)));
    const asked = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const ended = Promise.race([
      asked,
      server.ended.then(() => 'temporal' as const),
      worker.ended.then(() => 'worker' as const),
    ]);
    return { address, uiUrl, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nothing but this address counts: what the shell or a profile says of another server would lead the worker astray. */
function onlyServer(address: string, folder: string): NodeJS.ProcessEnv {
  const others = Object.keys(process.env).filter((name) => name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    TEMPORAL_ADDRESS: address,
    // A file that is not there says nothing; without it the user's own would count, and an empty one is refused.
    TEMPORAL_CONFIG_FILE: join(folder, 'no-profile.toml'),
  };
}

async function ready(
  name: 'temporal' | 'worker',
  part: Started,
  { folder, signal }: UpOptions,
  look: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + READY_SECONDS * 1000;
  while (!(await look())) {
    signal.throwIfAborted();
    if (part.exited() || Date.now() > end) throw new NotUpError(name, join(folder, `${name}.log`));
    await sleep(LOOK_EVERY_MS);
  }
}

async function withServer(address: string, ask: (client: Client) => Promise<boolean>): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2_000 });
    return await ask(new Client({ connection }));
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

function answers(address: string): Promise<boolean> {
  return withServer(address, async ({ workflowService }) => {
    await workflowService.describeNamespace({ namespace: 'default' });
    return true;
  });
}
