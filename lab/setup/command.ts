import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import execa from 'execa';

/** Something that this machine lacks and that set-up may not or can't install. */
export class MissingError extends Error {
  /**
   * @param what one entry for each thing: what is missing and how to get it
   */
  constructor(readonly what: string[]) {
    super(`This machine lacks:\n${what.map((line) => `  - ${line}`).join('\n')}`);
    this.name = 'MissingError';
  }
}

/**
 * The exit code of a command of the lab that ended with an error, as the help of each says.
 * @returns 3 when this machine lacks something, else 1
 */
export function exitCodeOf(error: unknown): number {
  return error instanceof MissingError ? 3 : 1;
}

/** Where a command lies on PATH (and in the folders for administrators, which PATH often lacks); undefined when nowhere. */
export function which(command: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** How a command of set-up is run. */
export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Milliseconds; default 20 minutes, as a build on a small machine takes long. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Runs a command to its end; it is stopped when the signal aborts.
 * @returns standard output
 * @throws Error with the end of its error output when it exits non-zero
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, timeoutMs = 20 * 60_000, signal } = options;
  const child = execa(command, args, { cwd, env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 });
  const stop = () => child.cancel();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return (await child).stdout;
  } catch (error) {
    const failed = error as execa.ExecaError;
    const output = `${failed.stderr ?? ''}\n${failed.stdout ?? ''}`.trim().split('\n').slice(-15).join('\n');
    throw new Error(
      `${[command, ...args].join(' ')} failed (${failed.timedOut ? 'time-out' : failed.exitCode}):\n${output}`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Whether this process may change the machine. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
