import type { DryRunMove } from '../../../src/contract/dry-run';
import { risksOf } from '../../../src/dry-run/foresee/risks';
import { estimateTime } from '../../../src/dry-run/foresee/time';
import { testPlan } from '../../elasticsearch/world';

const GIB = 2 ** 30;
const HOUR = 3600;
const LINK = { lowMBps: 90, highMBps: 90, basis: 'given' as const, why: 'a test', measured: [] };

const side = (which: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => {
    return { name: `${which}-${i + 1}`, address: `198.18.${which === 'old' ? 1 : 2}.${i + 10}` };
  });
const move = (bytes: number, from: number, to: number): DryRunMove => ({
  ...{ index: 'orders', shard: 0, primary: true, bytes, from: `old-${from}`, to: `new-${to}` },
  ...{ link: 'bridge', phase: 'replicate' },
});
/** Hours that replicate takes at the least and at the most. */
function hours(old: number, fresh: number, moves: DryRunMove[]): number[] {
  const plan = testPlan(side('old', old), side('new', fresh));
  const { phases } = estimateTime(plan, moves, LINK, 1);
  const { low, high } = phases.find(({ phase }) => phase === 'replicate') ?? { low: 0, high: 0 };
  return [Math.floor(low / HOUR), Math.floor(high / HOUR)];
}

test('fewer old nodes than new ones send with all of the bridge that is theirs', () => {
  const moves = Array.from({ length: 30 }, (_, i) => move(100 * GIB, (i % 3) + 1, i + 1));
  // 3,000 GiB at 72 MiB/s, or half of it.
  expect(hours(3, 30, moves)).toEqual([11, 23]);
});

test('what lies on one node goes at its pace, and so does one shard', () => {
  // 24 MiB/s for each of three.
  expect(hours(3, 3, [move(100 * GIB, 1, 1), move(100 * GIB, 1, 2)])).toEqual([2, 4]);
  expect(hours(3, 3, [move(200 * GIB, 1, 1), move(GIB, 2, 2), move(GIB, 3, 3)])).toEqual([2, 4]);
});

test('a huge shard is foreseen at the pace of its node', () => {
  const plan = testPlan(side('old', 10), side('new', 10));
  const link = { ...LINK, lowMBps: 30 };
  const [risk] = risksOf(plan, [], { moves: [move(500 * GIB, 1, 1)], disks: [], link });
  // 2.4 MiB/s for each of ten, and half of it where the cluster is busy.
  expect(risk?.seen).toContain('in one piece, in up to 118.5 h');
});
