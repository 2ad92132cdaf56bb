import { Deciders } from '../../../src/elasticsearch/shards/deciders';
import { planMoves, type PlacementNode } from '../../../src/elasticsearch/shards/placement';
import { withoutPlace } from '../../../src/elasticsearch/shards/room';
import { shownToFilters } from '../../../src/elasticsearch/settings/filters';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';

const ROLES: Record<string, string[]> = { hot: ['data_hot', 'data_content'], warm: ['data_warm'] };
/** Four nodes of each side, the first two hot. */
const nodes: PlacementNode[] = (['old', 'new'] as const).flatMap((side) =>
  [1, 2, 3, 4].map((i) => ({ name: `${side}-${i}`, side, freeBytes: 1e12 })),
);
const decided = nodes.map(({ name }) => {
  const box = /[12]$/.test(name) ? 'hot' : 'warm';
  const roles = ROLES[box] ?? [];
  return { name, roles, attributes: shownToFilters(name, '198.18.1.1', roles, { box }) };
});
const index = (name: string, settings: Record<string, string>) => ({ name, open: true, settings });
const indices = [
  index('warm', { 'index.routing.allocation.include._tier_preference': 'data_warm,data_hot' }),
  index('boxed', { 'index.routing.allocation.require.box': 'warm' }),
  index('hot', { 'index.routing.allocation.include._tier_preference': 'data_hot' }),
];
const on = (name: string, nodesOf: string[]): ShardCopy[] =>
  nodesOf.map((node, i) => ({ index: name, shard: 0, primary: i === 0, state: 'STARTED', node, bytes: 1 }));
const limits = (refused: string[] = []) => ({
  ...{ movesPerNode: 2, totalShardsPerNode: {}, refused: new Set(refused), aside: new Set<string>() },
  deciders: new Deciders([], decided, indices),
});

describe('what the cluster will say to a move', () => {
  it.each([
    ['warm', ['old-3', 'old-4'], 'new-3'],
    ['boxed', ['old-3', 'old-4'], 'new-3'],
    ['hot', ['old-1', 'old-2'], 'new-1'],
  ])('is foreseen of tiers and filters: %s', (name, table, to) => {
    expect(planMoves(on(name, table), nodes, limits())).toMatchObject([{ to }]);
  });

  it('is not the last word: when nothing else is left, the cluster is asked', () => {
    const refused = ['new-3', 'new-4'].map((to) => `warm/0:old-3>${to}`);
    expect(planMoves(on('warm', ['old-3', 'old-4']), nodes, limits(refused))).toMatchObject([{ to: 'new-1' }]);
  });

  it('is the last word where nothing is asked for: there is no room for what may lie nowhere', () => {
    const picture = { table: on('warm', ['old-3', 'old-4']), limits: limits() };
    const room = (free: (name: string) => number) =>
      withoutPlace(picture.table.slice(0, 1), 'new', {
        ...picture,
        nodes: nodes.map((node) => ({ ...node, freeBytes: free(node.name) })),
      }).length;
    expect(room(() => 1)).toBe(0);
    expect(room((name) => (/[34]$/.test(name) ? 0 : 1))).toBe(1);
  });

  it('is nothing of an index that was made since', () => {
    expect(planMoves(on('born', ['old-3', 'old-4']), nodes, limits())).toMatchObject([{ to: 'new-1' }]);
  });
});
