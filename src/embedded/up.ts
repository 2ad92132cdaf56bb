import { Connection, Client } from '@temporalio/client';
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATABASE, workerPolls } from './dev-server';
import { claimFolder, clearLeftProcesses, startProcess, type Started } from './processes';
import { startServer, type ServerOptions } from './server';

/** What is to be started. */
export interface UpOptions extends ServerOptions {
  /** Command line of the worker; it finds the server by `TEMPORAL_ADDRESS`. */
  worker: [command: string, ...args: string[]];
  /** Aborted: everything is brought down. */
  signal: AbortSignal;
}

/** The server; the door, which lets its own user in; the worker. */
export type Part = 'temporal' | 'door' | 'worker';

/** What runs. */
export interface Up {
  address: string;
  /** Of the UI, where there is one. */
  uiUrl?: string;
  /** Ends when it was asked to, or when a part has ended by itself: then with its name. */
  ended: Promise<Part | undefined>;
  /** Stops the worker, which ends what is under way first, then the server. */
  stop(): Promise<void>;
}

/** Another one works with the same folder. */
export class AlreadyUpError extends Error {
  constructor(readonly pid: number) {
    super(`it is up already, as process ${pid}`);
  }
}

/** Others could put something into the folder. */
export class SharedFolderError extends Error {
  constructor(readonly folder: string) {
    super(`others may write to ${folder}`);
  }
}

/** A part did not come up. Its log says why. */
export class NotUpError extends Error {
  constructor(
    readonly part: Part,
    readonly log: string,
  ) {
    super(`${part} did not come up; see ${log}`);
  }
}

/** The worker ends within 60 s of being asked to; see src/worker.ts. */
const WORKER_PATIENCE_MS = 70_000;
const READY_SECONDS = 90;
const LOOK_EVERY_MS = 250;
const OTHERS_WRITE = 0o022;

/**
 * Starts a Temporal server with a database file, and a worker, both on this machine alone, and waits until they are ready. The
 * server, which asks nobody for a password, is in a network of its own, and the door to it is open to this user alone.
 * What a run that was killed left in the folder is stopped first.
 * @throws SharedFolderError, AlreadyUpError, PortTakenError, OpenToLocalUsersError or NotUpError; then nothing is left running
 */
export async function bringUp(options: UpOptions): Promise<Up> {
  const { folder, port, signal } = options;
  // For itself and all that it starts: nobody else reads what they write.
  process.umask(0o077);
  ownFolder(folder);
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
    const { server, door, uiUrl } = await startServer(options, (part) => parts.push(part));
    const address = `127.0.0.1:${port}`;
    // What serves nobody yet ends with its own log, whichever of the two it is.
    await ready({ temporal: server, door }, options, () => answers(address));
    const [command, ...args] = options.worker;
    const worker = startProcess(folder, 'worker', command, args, {
      ...onlyServer(address, folder),
      BIGSWITCH_UI: uiUrl,
    });
    parts.push(worker);
    await ready({ worker }, options, () => withServer(address, (client) => workerPolls(client, worker.pid)));
    const asked = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const ends = Object.entries({ temporal: server, door, worker }) as [Part, Started][];
    const ended = Promise.race([asked, ...ends.map(([name, part]) => part.ended.then(() => name))]);
    return { address, ...(uiUrl !== undefined && { uiUrl }), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes the folder, or makes sure that it is ours alone to write to. @throws SharedFolderError */
function ownFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (uid !== (process.getuid?.() ?? uid) || (mode & OTHERS_WRITE) !== 0) throw new SharedFolderError(folder);
  const database = join(folder, DATABASE);
  if (existsSync(database)) chmodSync(database, 0o600);
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
  parts: Partial<Record<Part, Started>>,
  { folder, signal }: UpOptions,
  look: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + READY_SECONDS * 1000;
  while (!(await look())) {
    signal.throwIfAborted();
    for (const [name, part] of Object.entries(parts)) {
      if (part.exited() || Date.now() > end) throw new NotUpError(name as Part, join(folder, `${name}.log`));
    }
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
