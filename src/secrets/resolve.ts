import { isUtf8 } from 'node:buffer';
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
    let bytes: Buffer;
    try {
      const { mode } = await stat(path);
      if ((mode & 0o077) !== 0 && !warned.has(path)) {
        warned.add(path);
        options.warn?.(`${ref}: others can read this file; run chmod 600 ${path}`);
      }
      bytes = await readFile(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw missing(ref, `can't be read on this worker (${code}); check the path and who owns the file`);
    }
    // Other characters in its place would be another secret.
    if (!isUtf8(bytes)) throw missing(ref, 'is not in UTF-8; convert the file');
    return bytes.toString('utf8').replace(/\r?\n$/, '');
  }

  function fromEnv(ref: string): string {
    const name = /^env:(.+)$/.exec(ref)?.[1];
    if (name === undefined) throw missing(ref, 'is not a reference; use "file:/absolute/path" or "env:NAME"');
    const value = env[name];
    if (value === undefined) throw missing(ref, "is not in this worker's environment; set it and restart the worker");
    // Node has put this character where there was no UTF-8.
    if (value.includes('\uFFFD')) throw missing(ref, 'is not in UTF-8; set it anew and restart the worker');
    return value;
  }
}

function missing(ref: string, why: string): ApplicationFailure {
  // Something that is not a reference may be the secret itself, so it is not shown.
  const shown = /^(file|env):/.test(ref) ? ref : 'a secret';
  return ApplicationFailure.nonRetryable(`${shown} ${why}`, FAILURES.SECRET_MISSING);
}
