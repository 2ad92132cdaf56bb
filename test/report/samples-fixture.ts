import type { Sample } from '../../src/contract/progress';

/** When the fixture's migration begins. */
export const START = Date.parse('2026-03-14T09:30:00.000Z');
/** Bytes. */
export const MiB = 1024 * 1024;

/** A moment so many seconds after the start. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

const share = (t: number, from: number, to: number) => Math.min(1, Math.max(0, (t - from) / (to - from)));

/** A sample every two seconds. Noise comes from a formula, so that the fixture is the same each time. */
export function samples(until: number): Sample[] {
  const primaries = 18;
  const total = 41;
  return Array.from({ length: Math.floor(until / 2) }, (_, index): Sample => {
    const t = 2 * index + 1;
    const moved = share(t, 106, 160);
    const drained = [share(t, 252, 270), share(t, 296, 312), share(t, 338, 354)].reduce((a, b) => a + b, 0) / 3;
    const newShards = Math.floor(primaries * moved) + Math.floor((total - primaries) * drained);
    const newBytes = (118 * moved + 151 * drained) * MiB;
    const noise = Math.abs(Math.sin(index * 12.9898) * 43758.5453) % 1;
    const busy = (moved > 0 && moved < 1) || (drained > 0 && drained < 1) ? 1.6 : 1;
    const stats = (slow: number) => ({
      requests: 498 + Math.round(noise * 4),
      failed: 0,
      p50Ms: (3.1 + noise * 0.7) * busy * slow,
      p99Ms: (14 + noise * 9) * busy * slow + (t > 60 && t < 70 ? 31 : 0),
    });
    const lost = t === 95;
    return {
      t: START + t * 1000,
      health: lost ? 'unknown' : 'green',
      oldShards: lost ? 0 : total - newShards,
      newShards: lost ? 0 : newShards,
      oldBytes: lost ? 0 : 269 * MiB + t * 3000 - newBytes,
      newBytes: lost ? 0 : newBytes + t * 900,
      initializing: 0,
      relocating: busy > 1 ? 2 : 0,
      unassigned: 0,
      ...(t > 41 && t < 385 ? { bridgeBytes: (121.6 * moved + 6.2 * share(t, 60, 372)) * MiB } : {}),
      apps: { 'app-1': stats(1), 'app-2': stats(t > 215 ? 1.25 : 1.1) },
    };
  });
}
