import type { Data } from '../../../src/workflows/state/data';
import { carriedHolds, endedBy, heldToo, holders, isHeld } from '../../../src/workflows/state/holds';

const ANN = { by: 'Ann', reason: 'backup' };
const BOB = { by: 'bob' };
const ASKS = { by: 'cancellation', reason: 'back or on?', asks: true };

test('nobody holds it, or somebody does', () => {
  expect([{}, { held: [] }, { held: [ANN] }].map(isHeld)).toEqual([false, false, true]);
});

test('a second reason of the same person is added to the first, and nobody else is touched', () => {
  const held = [ANN, BOB, ASKS];
  expect(heldToo({ held }, { by: ' ann', reason: 'no' })).toEqual([{ by: 'Ann', reason: 'backup; no' }, BOB, ASKS]);
  expect(heldToo({ held: [ANN] }, ASKS)).toEqual([ANN, ASKS]);
  expect(heldToo({}, BOB)).toEqual([BOB]);
});

test.each<[string, boolean, object[]]>([
  ['ANN', false, [ANN]],
  ['carl', false, [ASKS]],
  // Nobody is called so: what the run asks is no hold of a person.
  ['cancellation', false, [ASKS]],
  ['carl', true, [ANN, BOB, ASKS]],
])('resume by %s, of all: %s', (by, all, ended) => {
  expect(endedBy({ held: [ANN, BOB, ASKS] }, by, all)).toEqual(ended);
});

test('who does not hold it ends nothing', () => {
  expect(endedBy({ held: [ANN, BOB] }, 'carl')).toEqual([]);
});

test('who holds it is told with the reason', () => {
  expect(holders([ANN, BOB])).toBe('Ann (backup) and bob');
});

test('the one hold of an older release is carried on', () => {
  expect(carriedHolds({ doing: 'waits', pause: ANN } as unknown as Data)).toEqual({ doing: 'waits', held: [ANN] });
  expect(carriedHolds({ doing: 'waits' } as Data)).toEqual({ doing: 'waits' });
});
