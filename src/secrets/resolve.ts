import { readFile, stat } from 'node:fs/promises';
import { ApplicationFailure } from '@temporalio/common';
import type { Secrets } from './secrets';
import { FAILURES } from '../contract/failures';

/** Where secrets come from and where a warning goes. */
export interface SecretsOptions {
  /** Environment for `env:NAME`; default: the worker's own. */
  env?: NodeJS.ProcessEnv;
  /** Called once for each file that other users of the worker's machine can read. */
  warn?: (message: string) => void;
}

/**
 * Resolves `file:/absolute/path` (one line end at the end is cut off) and `env:NAME` on the worker. It reads afresh each
 * time, so that a rotated secret counts at once.
 */
export function createSecrets(options: SecretsOptions = {}): Secrets {
  const env = options.env ?? process.env;
  const warned = new Set<string>();
  return {
    async resolve(ref) {
      const value = ref.startsWith('file:') ? await fromFile(ref) : fromEnv(ref);
      if (value === '') throw missing(ref, 'is empty; put the secret there');
      return value;
    },
  };

  async function fromFile(ref: string): Promise<string> {
    const path = ref.slice('file:'.length);
    if (!path.startsWith('/')) throw missing(ref, 'is not an absolute path; use "file:/absolute/path"');
    try {
      const { mode } = await stat(path);
      if ((mode & 0o077) !== 0 && !warned.has(path)) {
        warned.add(path);
        options.warn?.(`${ref}: others can read this file; run chmod 600 ${path}`);
      }
      return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw missing(ref, `can't be read on this worker (${code}); check the path and who owns the file`);
    }
  }

  function fromEnv(ref: string): string {
    const name = /^env:(.+)$/.exec(ref)?.[1];
    if (name === undefined) throw missing(ref, 'is not a reference; use "file:/absolute/path" or "env:NAME"');
    const value = env[name];
    if (value === undefined) throw missing(ref, "is not in this worker's environment; set it and restart the worker");
    return value;
  }
}

function missing(ref: string, why: string): ApplicationFailure {
  // Something that is not a reference may be the secret itself, so it is not shown.
  const shown = /^(file|env):/.test(ref) ? ref : 'a secret';
  return ApplicationFailure.nonRetryable(`${shown} ${why}`, FAILURES.SECRET_MISSING);
}
