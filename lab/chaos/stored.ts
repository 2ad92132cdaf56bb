import { join } from 'node:path';
import { CHAOS_OUT } from '../paths';
import { storedResults } from '../record/stored';
import type { ChaosResult } from './result';

/** Name of the scenario in which nothing is disturbed. */
export const UNDISTURBED = 'undisturbed';

/** Folder in which the result of every run stays, whatever ran after it. */
export const RESULTS_OUT = join(CHAOS_OUT, 'results');

/** Seconds of the last run of the same data that nobody disturbed; undefined when there was none. */
export function undisturbedSeconds(
  { docs, es }: Pick<ChaosResult, 'docs' | 'es'>,
  folder = RESULTS_OUT,
): number | undefined {
  return storedResults<ChaosResult>(folder).findLast(
    (result) => result.scenario === UNDISTURBED && result.ok && result.docs === docs && result.es === es,
  )?.seconds;
}
