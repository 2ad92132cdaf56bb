import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import execa from 'execa';
import { ROOT } from '../paths';

/** One run that is kept: what it was, and when it ended. */
export interface Stored {
  /** ISO 8601, UTC. */
  endedAt: string;
}

/**
 * Keeps the result of a run beside those before it: a later one must not hide what an earlier one found.
 * @param name of what was run; letters, digits, dots and hyphens
 */
export function storeResult(result: Stored, name: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = `${result.endedAt.replaceAll(/[^0-9TZ]/g, '-')}-${name}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(result, null, 2)}\n`);
}

/** The results of all runs in a folder, oldest first. */
export function storedResults<T extends Stored>(folder: string): T[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return inOrder(files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T));
}

/** Results by time, each once: no two end within the same millisecond. */
export function inOrder<T extends Stored>(results: readonly T[]): T[] {
  const byRun = new Map(results.map((result) => [result.endedAt, result]));
  return [...byRun].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, result]) => result);
}

/** Full hash of the commit that is run. @throws InvalidArgumentError when git does not tell */
export function headCommit(): string {
  try {
    return execa.sync('git', ['rev-parse', 'HEAD'], { cwd: ROOT }).stdout.trim();
  } catch {
    throw new InvalidArgumentError('git does not tell which commit this is; give something else than HEAD');
  }
}

/** Short hash of the commit that is run, with `+` when files were changed since. */
export async function commit(): Promise<string> {
  const git = async (...args: string[]) => (await execa('git', args, { cwd: ROOT })).stdout.trim();
  try {
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return `${await git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
