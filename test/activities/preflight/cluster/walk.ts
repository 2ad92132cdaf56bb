import type { Sides } from '../../../../src/activities/preflight/cluster/node-kinds';
import { awarenessIn } from '../../../../src/elasticsearch/settings/awareness';
import { numberSetting, type ClusterSettings, type IndexInfo } from '../../../../src/elasticsearch/settings/settings';
import { Deciders } from '../../../../src/elasticsearch/shards/deciders';
import { moveKey, type Move } from '../../../../src/elasticsearch/shards/moves';
import { planEmptying, planMoves, unreplicated } from '../../../../src/elasticsearch/shards/placement';
import type { ShardCopy } from '../../../../src/elasticsearch/shards/table';

/** Moves as the cluster would make them, until none is planned: what it refuses is not asked for again. */
function settle(
  table: ShardCopy[],
  deciders: Deciders,
  plan: (table: ShardCopy[], refused: ReadonlySet<string>) => Move[],
): ShardCopy[] {
  const refused = new Set<string>();
  for (let now = table; ;) {
    const moves = plan(now, refused);
    if (moves.length === 0) return now;
    for (const move of moves) {
      const group = now.filter(({ shard }) => shard === move.shard);
      const others = group.flatMap(({ node }) => (node === undefined || node === move.from ? [] : [node]));
      if (!deciders.allow('a', group.length, others, move.to)) refused.add(moveKey(move));
      else
        now = now.map((copy) => (group.includes(copy) && copy.node === move.from ? { ...copy, node: move.to } : copy));
    }
  }
}

/** Goes the whole way, and back from before the first drain; tells what is left on the side that is left. */
export function walk(sides: Sides, index: IndexInfo, settings: ClusterSettings): string[] {
  const replicas = numberSetting(index, 'index.number_of_replicas') ?? 0;
  const awareness = awarenessIn(settings);
  const all = [...sides.old, ...sides.fresh].map(({ nodeName, roles, attributes }) => ({
    name: nodeName,
    roles,
    attributes,
  }));
  const side = (name: string) => (name.startsWith('old') ? ('old' as const) : ('new' as const));
  const room = all.map(({ name }) => ({ name, side: side(name), freeBytes: 1e12 }));
  const among = (nodes: typeof all) => new Deciders(awareness, nodes, [index]);
  const limits = (deciders: Deciders, refused: ReadonlySet<string>) => ({
    ...{ movesPerNode: 9, totalShardsPerNode: {}, deciders, refused, aside: new Set<string>() },
  });
  const empty = (table: ShardCopy[], node: string, to: 'old' | 'new', deciders: Deciders) =>
    settle(table, deciders, (now, refused) => planEmptying(now, node, to, room, limits(deciders, refused)));
  const first = among(all.filter(({ name }) => side(name) === 'old'));
  const zones = [...new Set(sides.old.map(({ attributes }) => attributes['zone'] ?? ''))];
  // As a balanced cluster has them: copies of a shard go round the zones, and round the nodes of each, where deciders let them.
  const before = sides.old.flatMap((_, shard): ShardCopy[] => {
    const round = sides.old.map((__, i) => {
      const zone = zones[(shard + i) % zones.length];
      const there = sides.old.filter(({ attributes }) => attributes['zone'] === zone);
      return there[(shard + Math.floor(i / zones.length)) % there.length]?.nodeName ?? '';
    });
    const order = [...round, ...sides.old.map(({ nodeName }) => nodeName)];
    const nodes: string[] = [];
    while (nodes.length <= replicas) {
      const next = order.find((one) => !nodes.includes(one) && first.allow('a', replicas + 1, nodes, one));
      if (next === undefined) throw new Error('the old side alone has no place for every copy');
      nodes.push(next);
    }
    return nodes.map((node, i) => ({ index: 'a', shard, primary: i === 0, state: 'STARTED', node, bytes: 1 }));
  });
  const whole = among(all);
  const both = settle(before, whole, (table, refused) => planMoves(table, room, limits(whole, refused)));
  const left = unreplicated(both, room).map(({ shard }) => `${shard} is not on both sides`);
  let table = both;
  let nodes = all;
  for (const { nodeName } of sides.old) {
    table = empty(table, nodeName, 'new', among(nodes));
    left.push(...table.filter(({ node }) => node === nodeName).map(({ shard }) => `${shard} stays on ${nodeName}`));
    nodes = nodes.filter(({ name }) => name !== nodeName);
  }
  for (const { nodeName } of sides.fresh) {
    const home = empty(both, nodeName, 'old', whole);
    left.push(...home.filter(({ node }) => node === nodeName).map(({ shard }) => `${shard} can't leave ${nodeName}`));
  }
  return left;
}
