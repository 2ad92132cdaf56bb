import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHAOS_OUT } from '../paths';
import type { ChaosResult } from './result';

/** Name of the scenario in which nothing is disturbed. */
export const UNDISTURBED = 'undisturbed';

/** The last result of each scenario that was run here, by name. */
export function storedResults(folder = CHAOS_OUT): ChaosResult[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name, 'result.json'));
  return files.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')) as ChaosResult);
}

/** Seconds of the last run of the same data that nobody disturbed; undefined when there was none. */
export function undisturbedSeconds(
  { docs, es }: Pick<ChaosResult, 'docs' | 'es'>,
  folder = CHAOS_OUT,
): number | undefined {
  return storedResults(folder).find(
    (result) => result.scenario === UNDISTURBED && result.ok && result.docs === docs && result.es === es,
  )?.seconds;
}
