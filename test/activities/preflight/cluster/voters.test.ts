import { voterCheck } from '../../../../src/activities/preflight/cluster/voters';
import type { NodeKind } from '../../../../src/activities/preflight/cluster/node-kinds';

const ALL = ['master', 'data'];

/** Moves a cluster of old nodes with these roles to so many new ones. */
function move(old: string[][], fresh: number) {
  const kind = (roles: string[]) => ({ roles }) as NodeKind;
  return voterCheck({ old: old.map(kind), fresh: Array.from({ length: fresh }, () => kind(ALL)) });
}

test.each([
  [3, 3, 'ok'],
  [3, 4, 'ok'],
  [1, 1, 'warn'],
  [2, 1, 'warn'],
  [2, 2, 'warn'],
  [5, 3, 'warn'],
  [3, 2, 'failed'],
  [3, 1, 'failed'],
  [4, 2, 'failed'],
])('%i old and %i new nodes that can vote: %s', (old, fresh, result) => {
  expect(move(Array(old).fill(ALL), fresh)).toMatchObject({ result, waivable: true });
});

test('says how many may be lost before and after, and how many hosts would do', () => {
  const { seen, remedy } = move(Array(3).fill(ALL), 2);
  expect(seen).toBe('after the big switch 2 new nodes can vote, and none of them may be lost; now it is 1 of 3');
  expect(remedy).toMatch(/^add new hosts until 3 of them can be elected; or waive this check/);
});

test('nodes that only hold data have no vote, and a tie-breaker has one', () => {
  expect(move([ALL, ['data'], ['data']], 1).result).toBe('warn');
  expect(move([ALL, ALL, ['master', 'voting_only']], 2).result).toBe('failed');
});
