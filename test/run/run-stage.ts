import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, type Stage } from './stages';

/** How one stage ended. */
export interface StageEnd {
  ok: boolean;
  /** Why it did not pass, in a few words. */
  reason?: string;
  seconds: number;
  /** File with everything that it printed. */
  log: string;
}

/** Time in seconds that a stage has to end in order after it was told to: the demo brings a whole lab down. */
const GRACE_SECONDS = 120;

/**
 * Runs one stage with its output in a file, without input, in a process group of its own.
 * @param extra further arguments, for example the files that jest is to run
 * @param signal ends the stage in order
 */
export async function runStage(
  stage: Stage,
  root: string,
  signal: AbortSignal,
  extra: string[] = [],
): Promise<StageEnd> {
  const folder = join(root, OUT);
  mkdirSync(folder, { recursive: true });
  for (const file of stage.stale ?? []) rmSync(join(root, file), { force: true });
  const log = join(folder, `${stage.name}.log`);
  const begin = Date.now();
  const reason = await runToEnd(stage, root, log, signal, extra);
  return { ok: reason === undefined, reason, seconds: (Date.now() - begin) / 1000, log };
}

function runToEnd(
  stage: Stage,
  root: string,
  log: string,
  signal: AbortSignal,
  extra: string[],
): Promise<string | undefined> {
  const [program, ...args] = stage.command;
  const output = openSync(log, 'w');
  const child = spawn(program, [...args, ...extra], {
    cwd: root,
    stdio: ['ignore', output, output],
    detached: true,
    env: { ...process.env, CI: 'true', NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  closeSync(output);
  return new Promise((resolve) => {
    let stopped: string | undefined;
    let lastResort: NodeJS.Timeout | undefined;
    const toGroup = (name: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // The group is gone already.
      }
    };
    const stop = (why: string) => {
      stopped ??= why;
      toGroup('SIGTERM');
      lastResort ??= setTimeout(() => toGroup('SIGKILL'), GRACE_SECONDS * 1000);
    };
    const limit = setTimeout(() => stop(`took longer than ${stage.limitMinutes} minutes`), stage.limitMinutes * 60_000);
    const interrupt = () => stop('interrupted');
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt);
    const end = (why: string | undefined) => {
      clearTimeout(limit);
      clearTimeout(lastResort);
      signal.removeEventListener('abort', interrupt);
      resolve(stopped ?? why);
    };
    child.once('error', (error) => end(`can't be started: ${error.message}`));
    child.once('close', (code, killedBy) => {
      end(code === 0 ? undefined : code === null ? `was killed by ${killedBy}` : `exit code ${code}`);
    });
  });
}
