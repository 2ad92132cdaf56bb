import type { Sample } from '../contract/progress';

/** Two lists of samples as one, in order of time, each moment once. */
export function mergeSamples(kept: readonly Sample[], newer: readonly Sample[]): Sample[] {
  const last = kept.at(-1)?.t ?? -Infinity;
  return [...kept, ...newer.filter((sample) => sample.t > last)];
}

/**
 * Bytes a second over the bridge between two samples.
 * @returns undefined where one of them has no count, or the counter began anew
 */
export function rateBetween(before: Sample, after: Sample): number | undefined {
  if (before.bridgeBytes === undefined || after.bridgeBytes === undefined) return undefined;
  const seconds = (after.t - before.t) / 1000;
  const moved = after.bridgeBytes - before.bridgeBytes;
  return seconds > 0 && moved >= 0 ? moved / seconds : undefined;
}

/** Bytes a second over the bridge, by the last two samples. */
export function bytesPerSecond(samples: readonly Sample[]): number | undefined {
  const [before, after] = [samples.at(-2), samples.at(-1)];
  return before && after ? rateBetween(before, after) : undefined;
}
