import { moveKey } from '../../../src/elasticsearch/shards/moves';
import {
  planEmptying,
  planMoves,
  unreplicated,
  type PlacementLimits,
  type PlacementNode,
} from '../../../src/elasticsearch/shards/placement';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';

const GB = 1024 ** 3;
const nodes = (old: number, fresh: number, freeBytes = 100 * GB): PlacementNode[] => [
  ...Array.from({ length: old }, (_, i) => ({ name: `old-${i + 1}`, side: 'old' as const, freeBytes })),
  ...Array.from({ length: fresh }, (_, i) => ({ name: `new-${i + 1}`, side: 'new' as const, freeBytes })),
];
const limits = (more: Partial<PlacementLimits> = {}): PlacementLimits => ({
  movesPerNode: 2,
  totalShardsPerNode: {},
  refused: new Set(),
  aside: new Set(),
  ...more,
});
/** `P old-1`, `R old-2`: one copy each; the first is the primary. */
const group = (index: string, shard: number, on: string[], bytes = GB): ShardCopy[] =>
  on.map((node, i) => ({ index, shard, primary: i === 0, state: 'STARTED', node, bytes }));

describe('planMoves', () => {
  it('moves the primary to the new side and leaves the replica', () => {
    const moves = planMoves(group('a', 0, ['old-1', 'old-2']), nodes(2, 2), limits());
    expect(moves).toEqual([{ index: 'a', shard: 0, from: 'old-1', to: 'new-1', bytes: GB }]);
  });

  it('has nothing to do when both sides have a copy, whichever is the primary', () => {
    const table = [...group('a', 0, ['new-1', 'old-2']), ...group('b', 0, ['old-1', 'new-2'])];
    expect(planMoves(table, nodes(2, 2), limits())).toEqual([]);
    expect(unreplicated(table, nodes(2, 2))).toEqual([]);
  });

  it('leaves the only copy of an index without replicas where it is', () => {
    const table = group('single', 0, ['old-1']);
    expect(planMoves(table, nodes(2, 2), limits())).toEqual([]);
    expect(unreplicated(table, nodes(2, 2))).toEqual([]);
  });

  it('brings one replica back of an index that was made on the new side', () => {
    const [move] = planMoves(group('born', 0, ['new-1', 'new-2']), nodes(2, 2), limits());
    expect(move).toMatchObject({ from: 'new-2', to: 'old-1' });
  });

  it('does all of it the other way round when the goal is the old side', () => {
    const away = group('a', 0, ['new-1', 'new-2']);
    expect(planMoves(away, nodes(2, 2), limits(), 'old')).toMatchObject([{ from: 'new-1', to: 'old-1' }]);
    const home = group('a', 0, ['old-1', 'old-2']);
    expect(planMoves(home, nodes(2, 2), limits(), 'old')).toMatchObject([{ from: 'old-2', to: 'new-1' }]);
    expect(planMoves(group('a', 0, ['new-1', 'old-2']), nodes(2, 2), limits(), 'old')).toEqual([]);
    expect(planMoves(group('a', 0, ['new-1']), nodes(2, 2), limits(), 'old')).toEqual([]);
  });

  it('brings nothing back when only the goal needs a copy', () => {
    const born = [...group('home', 0, ['old-1', 'old-2']), ...group('there', 0, ['new-1', 'new-2'])];
    const moves = planMoves(born, nodes(2, 2), limits(), 'new', ['new']);
    expect(moves).toMatchObject([{ index: 'home', from: 'old-1' }]);
    expect(unreplicated(born, nodes(2, 2), ['new']).map(({ index }) => index)).toEqual(['home']);
  });

  it('counts a group in motion as not done, and does not touch it', () => {
    const table = group('a', 0, ['old-1', 'old-2']);
    table[0] = { ...table[0]!, state: 'RELOCATING', movingTo: 'new-1' };
    expect(planMoves(table, nodes(2, 2), limits())).toEqual([]);
    expect(unreplicated(table, nodes(2, 2))).toHaveLength(1);
  });

  it('moves no more into one node than allowed, those under way included', () => {
    const table = [0, 1, 2, 3, 4, 5].flatMap((shard) => group('a', shard, ['old-1', 'old-2']));
    table[0] = { ...table[0]!, state: 'RELOCATING', movingTo: 'new-1' };
    const moves = planMoves(table, nodes(2, 2), limits({ movesPerNode: 2 }));
    expect(moves.filter((move) => move.to === 'new-1')).toHaveLength(1);
    expect(moves.filter((move) => move.to === 'new-2')).toHaveLength(2);
  });

  it('obeys total_shards_per_node of the index and of the cluster', () => {
    const table = [0, 1, 2].flatMap((shard) => group('a', shard, ['old-1', 'old-2']));
    const perIndex = planMoves(table, nodes(2, 2), limits({ totalShardsPerNode: { a: 1 } }));
    expect(perIndex.map((move) => move.to).sort()).toEqual(['new-1', 'new-2']);
    const perCluster = planMoves(table, nodes(2, 1), limits({ clusterShardsPerNode: 1 }));
    expect(perCluster).toHaveLength(1);
  });

  it('fills no disk: what arrives is taken off at once', () => {
    const table = [0, 1, 2].flatMap((shard) => group('a', shard, ['old-1', 'old-2'], 40 * GB));
    const moves = planMoves(table, nodes(2, 1, 100 * GB), limits({ movesPerNode: 10 }));
    expect(moves).toHaveLength(2);
    expect(planMoves(table, nodes(2, 1, 0), limits())).toEqual([]);
  });

  it('puts the largest first and spreads bytes evenly', () => {
    const sizes = [50, 10, 10, 10, 10, 10];
    const table = sizes.flatMap((size, i) => group(`i${i}`, 0, ['old-1', 'old-2'], size * GB));
    const moves = planMoves(table, nodes(2, 2, 1000 * GB), limits({ movesPerNode: 10 }));
    expect(moves[0]).toMatchObject({ index: 'i0', to: 'new-1' });
    expect(moves.filter((move) => move.to === 'new-2')).toHaveLength(5);
  });

  it('chooses another node after a refusal', () => {
    const table = group('a', 0, ['old-1', 'old-2']);
    const refused = new Set([moveKey({ index: 'a', shard: 0, from: 'old-1', to: 'new-1' })]);
    expect(planMoves(table, nodes(2, 2), limits({ refused }))[0]?.to).toBe('new-2');
  });

  it('ends the same whichever moves are over first, and when shards grow a little meanwhile', () => {
    const all = nodes(3, 3);
    const sizes = [9, 40, 13, 10, 35, 10, 14, 20, 9, 5, 21];
    const start = sizes.flatMap((size, i) => group(`i${i % 4}`, i, ['old-1', 'old-2'], size * GB));
    const end = (over: (moving: ShardCopy[]) => ShardCopy | undefined, growth: number) => {
      let table = start;
      for (let round = 0; unreplicated(table, all).length > 0; round += 1) {
        expect(round).toBeLessThan(50);
        table = moving(table, planMoves(table, all, limits()));
        const done = over(table.filter((copy) => copy.state === 'RELOCATING'));
        table = table
          .map((copy) => (copy === done ? arrived(copy) : copy))
          .map((copy) => ({ ...copy, bytes: copy.bytes * growth }));
      }
      return table.filter((copy) => copy.primary).map((copy) => copy.node);
    };
    const first = end((copies) => copies[0], 1);
    expect(end((copies) => copies.at(-1), 1)).toEqual(first);
    expect(end((copies) => copies[Math.floor(copies.length / 2)], 1.002)).toEqual(first);
  });

  it.each([
    [2, 2, 1],
    [3, 3, 1],
    [3, 3, 2],
    [2, 4, 1],
    [5, 2, 1],
    [5, 3, 2],
  ])('%i old and %i new nodes with %i replicas: comes to its end with a copy on each side', (old, fresh, replicas) => {
    const all = nodes(old, fresh);
    let table = [0, 1, 2, 3, 4, 5, 6].flatMap((shard) =>
      group(
        'a',
        shard,
        Array.from({ length: replicas + 1 }, (_, i) => `old-${((shard + i) % old) + 1}`),
      ),
    );
    for (let round = 0; unreplicated(table, all).length > 0; round += 1) {
      expect(round).toBeLessThan(20);
      const moves = planMoves(table, all, limits());
      expect(moves.length).toBeGreaterThan(0);
      table = applied(table, moves);
    }
    for (let shard = 0; shard < 7; shard += 1) {
      const here = table.filter((copy) => copy.shard === shard);
      expect(here.find((copy) => copy.primary)?.node).toMatch(/^new/);
      expect(here.filter((copy) => copy.node?.startsWith('old'))).toHaveLength(replicas);
    }
  });
});

describe('planEmptying', () => {
  it('sends every copy of the node to the other side, only copies too', () => {
    const table = [...group('a', 0, ['new-1', 'old-1']), ...group('single', 0, ['old-1'])];
    const moves = planEmptying(table, 'old-1', 'new', nodes(2, 2), limits());
    expect(moves).toHaveLength(2);
    expect(moves.find((move) => move.index === 'a')?.to).toBe('new-2');
    expect(moves.every((move) => move.from === 'old-1')).toBe(true);
  });

  it('finds nothing where no node without a copy is left', () => {
    expect(planEmptying(group('a', 0, ['new-1', 'old-1']), 'old-1', 'new', nodes(2, 1), limits())).toEqual([]);
  });
});

function moving(table: ShardCopy[], moves: ReturnType<typeof planMoves>): ShardCopy[] {
  return table.map((copy) => {
    const move = moves.find((one) => one.index === copy.index && one.shard === copy.shard && one.from === copy.node);
    return move ? { ...copy, state: 'RELOCATING', movingTo: move.to } : copy;
  });
}

function arrived({ movingTo, ...copy }: ShardCopy): ShardCopy {
  return { ...copy, state: 'STARTED', node: movingTo };
}

function applied(table: ShardCopy[], moves: ReturnType<typeof planMoves>): ShardCopy[] {
  return table.map((copy) => {
    const move = moves.find((one) => one.index === copy.index && one.shard === copy.shard && one.from === copy.node);
    return move ? { ...copy, node: move.to } : copy;
  });
}
