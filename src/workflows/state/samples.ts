import type { Sample } from '../../contract/progress';
import { bytesOf } from './bytes';

/** Most samples that a run keeps: enough for a plot, small enough to be carried along. */
export const SAMPLES_KEPT = 600;

const BADNESS: Record<Sample['health'], number> = { green: 0, unknown: 1, yellow: 2, red: 3 };

/** Adds samples in order of time. */
export function addSamples(kept: Sample[], more: Sample[]): Sample[] {
  const last = kept.at(-1)?.t ?? -Infinity;
  return [...kept, ...more.filter((sample) => sample.t > last)];
}

/**
 * Thins samples out when there are too many. Of two neighbours the one with the worse health stays, so that no moment below
 * green is ever lost. What apps say of themselves is the most of a sample: of too many bytes every other one loses that. Pure.
 */
export function thinned(all: Sample[], mostBytes: number): Sample[] {
  let samples = all;
  while (samples.length > SAMPLES_KEPT) samples = halve(samples);
  while (bytesOf(samples) > mostBytes && samples.some(({ apps }) => apps)) samples = withFewerApps(samples);
  return samples;
}

function withFewerApps(samples: Sample[]): Sample[] {
  let others = 0;
  const told = samples.filter(({ apps }) => apps).length;
  return samples.map((sample) => {
    if (!sample.apps || (told > 1 && others++ % 2 === 0)) return sample;
    const { apps: _, ...without } = sample;
    return without;
  });
}

function halve(samples: Sample[]): Sample[] {
  // The very first one stays: plots begin there.
  const thinned = samples.slice(0, 1);
  for (let i = 1; i < samples.length; i += 2) {
    const first = samples[i];
    const second = samples[i + 1] ?? first;
    if (first && second) thinned.push(BADNESS[first.health] > BADNESS[second.health] ? first : second);
  }
  return thinned;
}

/**
 * Bytes over the bridge in all. The counter falls when clients leave or the bridge comes up again; then nothing is added,
 * so that the sum is never too high.
 */
export function bridgeBytes(samples: Sample[]): number | undefined {
  const counts = samples.flatMap((sample) => (sample.bridgeBytes === undefined ? [] : [sample.bridgeBytes]));
  if (counts.length === 0) return undefined;
  return counts.reduce((sum, count, i) => {
    const before = counts[i - 1] ?? 0;
    return sum + Math.max(0, count - before);
  }, 0);
}
