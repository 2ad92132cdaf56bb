import { numberSetting, type IndexInfo } from '../settings/settings';

/**
 * For so many seconds after an index was made its copies may be on their way. Where a gate waits, one that lacks a copy is
 * brought over before each look, once a minute at least while something lacks: what is older than two of these stayed
 * behind.
 */
export const YOUNG_SECONDS = 120;

/** Indices that were made a moment ago, by name, with their age in whole seconds. */
export type Young = ReadonlyMap<string, number>;

/**
 * Finds the indices that were made a moment ago. What does not say when it was made, or says that it comes from the future
 * (a clock is wrong, or somebody wrote the date), is none of them; a restored index keeps the date that it had.
 * @param now ms since the epoch
 */
export function youngIndices(indices: IndexInfo[], now: number): Young {
  const aged = indices.flatMap((index) => {
    const made = numberSetting(index, 'index.creation_date');
    if (made === undefined) return [];
    const seconds = Math.floor((now - made) / 1000);
    return seconds >= 0 && seconds < YOUNG_SECONDS ? [[index.name, seconds] as const] : [];
  });
  return new Map(aged);
}
