import { spawn } from 'node:child_process';
import { access, constants, lstat, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Notice } from '../../contract/notice';

/** A hook that has not ended by then is killed, and run again later. */
const LONGEST_MS = 30_000;

/** The hook gets nothing else of the worker's environment: that may hold secrets of the plan. */
const ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ'];

/**
 * Runs a hook with the notice as JSON on its standard input; exit code 0 counts as delivered. What it prints is dropped, as
 * it might hold secrets of its own.
 * @param name file in the folder that `BIGSWITCH_HOOKS` names
 * @throws ApplicationFailure that says what is wrong and what to do
 */
export async function runHook(
  name: string,
  notice: Notice,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<void> {
  const path = await allowed(name, env.BIGSWITCH_HOOKS ?? '');
  const own = Object.fromEntries(ENVIRONMENT.flatMap((key) => (env[key] === undefined ? [] : [[key, env[key]]])));
  const ended = await run(path, JSON.stringify(notice), own, signal);
  signal?.throwIfAborted();
  if (ended !== undefined) throw failed(`hook ${name} ${ended}`);
}

/**
 * Only a file that nobody but its owner can change, in a folder of which the same is true, and no link out of it.
 * @throws ApplicationFailure that is not retried
 */
async function allowed(name: string, folder: string): Promise<string> {
  if (!isAbsolute(folder)) {
    throw refused('this worker runs no hooks; set BIGSWITCH_HOOKS to an absolute folder and start it again');
  }
  const path = join(folder, name);
  try {
    const [directory, file] = [await lstat(await realpath(folder)), await lstat(path)];
    if (!file.isFile()) throw refused(`hook ${name} is not a plain file; links are not followed`);
    if (((file.mode | directory.mode) & 0o022) !== 0) {
      throw refused(`hook ${name} or its folder can be changed by others; run chmod go-w on both`);
    }
    await access(path, constants.X_OK);
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw refused(`hook ${name} can't be run on this worker (${code}); put it into its hooks folder, executable`);
  }
  return path;
}

/** @returns how it failed; undefined when it ended well */
function run(path: string, input: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A group of its own, so that what the hook has started is killed with it.
    const child = spawn(path, [], { env, cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    let why: string | undefined;
    const kill = (reason: string) => {
      why = reason;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const timer = setTimeout(() => kill(`had not ended after ${LONGEST_MS / 1000} s and was killed`), LONGEST_MS);
    const cancelled = () => kill('was cancelled');
    signal?.addEventListener('abort', cancelled, { once: true });
    const end = (result: string | undefined) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancelled);
      resolve(result);
    };
    child.on('error', (error: NodeJS.ErrnoException) => end(`could not be started (${error.code})`));
    child.on('close', (code, killedBy) => end(why ?? (code === 0 ? undefined : `ended with ${code ?? killedBy}`)));
    // A hook need not read its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function failed(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, 'NotDelivered');
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'NotDelivered');
}
