import type { Sample } from '../../../src/contract/progress';
import { addSamples, bridgeBytes, SAMPLES_KEPT, thinned } from '../../../src/workflows/state/samples';

const sample = (t: number, change: Partial<Sample> = {}): Sample => ({
  t,
  health: 'green',
  oldShards: 0,
  newShards: 0,
  oldBytes: 0,
  newBytes: 0,
  initializing: 0,
  relocating: 0,
  unassigned: 0,
  ...change,
});

test('a run of any length keeps few samples, from its start to its end, and every moment below green', () => {
  let kept: Sample[] = [];
  for (let t = 1; t <= 20_000; t++) {
    kept = thinned(addSamples(kept, [sample(t, t === 777 ? { health: 'yellow' } : {})]), 1e6);
  }
  expect(kept.length).toBeGreaterThan(SAMPLES_KEPT / 3);
  expect(kept.length).toBeLessThanOrEqual(SAMPLES_KEPT);
  expect(kept.filter((one) => one.health === 'yellow').map((one) => one.t)).toEqual([777]);
  expect(kept[0]?.t).toBe(1);
  expect(kept.at(-1)?.t).toBeGreaterThan(19_900);
});

test('samples that a retry brings once more are kept once', () => {
  const first = [sample(1), sample(2)];
  expect(addSamples(first, [sample(2), sample(3)]).map((one) => one.t)).toEqual([1, 2, 3]);
});

test('bytes over the bridge are summed where their counter rises, and never made up where it falls', () => {
  const counts = [100, 150, 20, undefined, 50];
  expect(bridgeBytes(counts.map((count, t) => sample(t, { bridgeBytes: count })))).toBe(180);
  expect(bridgeBytes([sample(1)])).toBeUndefined();
});
