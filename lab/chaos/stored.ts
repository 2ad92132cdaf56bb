import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAOS_OUT } from '../paths';
import type { ChaosResult } from './result';

/** Name of the scenario in which nothing is disturbed. */
export const UNDISTURBED = 'undisturbed';

/** Folder in which the result of every run stays, whatever ran after it. */
export const RESULTS_OUT = join(CHAOS_OUT, 'results');

/** Keeps the result of a run beside those before it: a later seed must not hide what an earlier one found. */
export function storeResult(result: ChaosResult, folder = RESULTS_OUT): void {
  mkdirSync(folder, { recursive: true });
  const file = `${result.endedAt.replaceAll(/[^0-9TZ]/g, '-')}-${result.scenario}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(result, null, 2)}\n`);
}

/** The results of all runs on this machine, oldest first. */
export function storedResults(folder = RESULTS_OUT): ChaosResult[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return inOrder(files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ChaosResult));
}

/** Results by time, each once. */
export function inOrder(results: readonly ChaosResult[]): ChaosResult[] {
  const byRun = new Map(results.map((result) => [`${result.endedAt} ${result.scenario}`, result]));
  return [...byRun].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, result]) => result);
}

/** Seconds of the last run of the same data that nobody disturbed; undefined when there was none. */
export function undisturbedSeconds(
  { docs, es }: Pick<ChaosResult, 'docs' | 'es'>,
  folder = RESULTS_OUT,
): number | undefined {
  return storedResults(folder).findLast(
    (result) => result.scenario === UNDISTURBED && result.ok && result.docs === docs && result.es === es,
  )?.seconds;
}
