import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that was started in the background, and how to stop it. */
export interface Started {
  pid: number;
  exited(): boolean;
  /** Sends a signal and does not wait, except that after SIGKILL the process has ended. */
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGTERM'): Promise<void>;
  /** Ends when the process has ended. */
  ended: Promise<void>;
  /** Asks it to end, and kills it when it does not within this many milliseconds. */
  stop(patienceMs?: number): Promise<void>;
}

/** What a program gets from us beside its arguments. */
export interface Handed {
  /** Open files: 3, 4 … in the program. */
  files?: number[];
  /** Listening sockets, each as a message of this name to a program of Node; they are its own then. */
  sockets?: Record<string, Server>;
}

/** Milliseconds that a program gets to end by itself. */
const PATIENCE_MS = 10_000;

/** Listens on a port of loopback, any that is free for 0, and serves nobody. @returns undefined when somebody else listens there */
export function tryListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined)).listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Port on loopback that nobody listens on now. */
export async function freePort(preferred: number): Promise<number> {
  const server = (await tryListen(preferred)) ?? (await tryListen(0));
  const address = server?.address();
  if (!server || !address || typeof address === 'string') {
    throw new Error('no free port on 127.0.0.1; close some programs and try again');
  }
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

/**
 * Starts a program in the background with its output in a file, and remembers its pid so that the next run can clear
 * it when this one is killed.
 * @param name short name; the files are `FOLDER/NAME.log` and `FOLDER/NAME.pid`
 * @param handed what it gets beside its arguments; sockets are closed here
 */
export function startProcess(
  folder: string,
  name: string,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
  { files = [], sockets = {} }: Handed = {},
): Started {
  const log = openSync(join(folder, `${name}.log`), 'a', 0o600);
  const handsOver = Object.keys(sockets).length > 0;
  const child = spawn(command, args, {
    stdio: ['ignore', log, log, ...files, ...(handsOver ? (['ipc'] as const) : [])],
    // Own process group: Ctrl-C must reach only the one that started it, which then stops everything in order.
    detached: true,
    env: { ...process.env, ...env },
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${command} can't be started; is it installed?`);
  const pidFile = join(folder, `${name}.pid`);
  writeDown(pidFile, child.pid);
  if (handsOver) handOver(child, sockets);
  return {
    pid: child.pid,
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
    exited: () => child.exitCode !== null || child.signalCode !== null,
    kill: async (signal) => {
      child.kill(signal);
      if (signal === 'SIGKILL') await stopChild(child);
    },
    stop: async (patienceMs) => {
      await stopChild(child, patienceMs);
      rmSync(pidFile, { force: true });
    },
  };
}

function handOver(child: ChildProcess, sockets: Record<string, Server>): void {
  let left = Object.keys(sockets).length;
  for (const [name, socket] of Object.entries(sockets)) {
    // A program that has ended before it got them is noticed by its end.
    child.send(name, socket, () => {
      socket.close();
      if (--left === 0 && child.connected) child.disconnect();
    });
  }
}

async function stopChild(child: ChildProcess, patienceMs = PATIENCE_MS): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const end = Date.now() + patienceMs;
    while (Date.now() < end && child.exitCode === null && child.signalCode === null) await sleep(100);
  }
}

/** Start time of a process in kernel ticks: with the pid it names one process for good. Undefined when it is gone. */
function startTime(pid: number): string | undefined {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return undefined;
  try {
    return readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}

function writeDown(file: string, pid: number): void {
  writeFileSync(file, JSON.stringify({ pid, started: startTime(pid) }));
}

/** Whether the very process that a file names lives, never another one that got its pid. @returns its pid then */
function livingIn(file: string): number | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; started?: string };
    return started !== undefined && startTime(pid) === started ? pid : undefined;
  } catch {
    // There is none, or it can't be read and names no process.
    return undefined;
  }
}

/** Stops what an interrupted run left: the very process it wrote down, never another one that got its pid. */
async function clearLeftProcess(folder: string, name: string): Promise<boolean> {
  const pidFile = join(folder, `${name}.pid`);
  let cleared = false;
  try {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const pid = livingIn(pidFile);
      if (pid === undefined) break;
      process.kill(pid, signal);
      cleared = true;
      for (let i = 0; i < 50 && livingIn(pidFile) !== undefined; i++) await sleep(100);
    }
  } catch {
    // It ended by itself just now; removing its file is all that is left to do.
  }
  rmSync(pidFile, { force: true });
  return cleared;
}

/**
 * Writes down in `FOLDER/lock` that this very process works there. Who is killed leaves it, and it counts no more.
 * @returns the pid of the one that does so already, and lives; undefined when the folder is ours now
 */
export function claimFolder(folder: string): number | undefined {
  const file = join(folder, 'lock');
  const other = livingIn(file);
  if (other === undefined) writeDown(file, process.pid);
  return other;
}

/** What others need while they end, in the order in which it ends. */
const LAST = ['door', 'temporal'];

/**
 * Stops what a run that was killed, or kept, left running: the workers first, then the server that they talk to.
 * @param folder where it wrote its pids
 * @returns names of what was stopped
 */
export async function clearLeftProcesses(folder: string): Promise<string[]> {
  const stopped: string[] = [];
  const pids = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.pid')) : [];
  const names = pids.map((file) => file.slice(0, -'.pid'.length)).sort();
  const order = (name: string) => LAST.indexOf(name);
  for (const name of names.sort((a, b) => order(a) - order(b)))
    if (await clearLeftProcess(folder, name)) stopped.push(name);
  return stopped;
}
