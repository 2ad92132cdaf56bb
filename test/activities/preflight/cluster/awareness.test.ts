import { awarenessChecks } from '../../../../src/activities/preflight/cluster/awareness';
import type { Sides } from '../../../../src/activities/preflight/cluster/node-kinds';
import { awarenessIn } from '../../../../src/elasticsearch/settings/awareness';
import { Deciders } from '../../../../src/elasticsearch/shards/deciders';
import { moveKey, type Move } from '../../../../src/elasticsearch/shards/moves';
import { planEmptying, planMoves, unreplicated } from '../../../../src/elasticsearch/shards/placement';
import type { ShardCopy } from '../../../../src/elasticsearch/shards/table';
import { testPlan } from '../../../elasticsearch/world';
import { sidesOf } from './sides';

const KEY = 'cluster.routing.allocation.awareness';
const hosts = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.${11 + i}`,
  }));
const settingsOf = (more: Record<string, string> = {}) => ({
  persistent: { [`${KEY}.attributes`]: 'zone', ...more },
  ...{ transient: {}, defaults: {} },
});
const index = (name: string, replicas: number, more: Record<string, string> = {}) => ({
  name,
  open: true,
  settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': String(replicas), ...more },
});
const wrong = (checks: { result: string }[]) => checks.filter(({ result }) => result !== 'ok');
const file = (zone: string) => (zone === '' ? '' : `node.attr.zone: ${zone}`);

/** Zones of each node of both sides, one letter each; `-` for none. */
function worldOf(old: string, fresh: string, indices: { replicas?: number } = {}) {
  const more = indices.replicas === undefined ? {} : { indices: { a: { replicas: indices.replicas } } };
  const plan = testPlan(hosts('old', old.length), hosts('new', fresh.length), more);
  const zones = (text: string) => [...text].map((zone) => (zone === '-' ? '' : zone));
  const told = zones(old).map((zone): Record<string, string> => (zone === '' ? {} : { 'node.attr.zone': zone }));
  return { plan, sides: sidesOf(plan, told, zones(fresh).map(file)) };
}

function check(old: string, fresh: string, replicas: number, more = {}, planned: { replicas?: number } = {}) {
  const { plan, sides } = worldOf(old, fresh, planned);
  return wrong(awarenessChecks(plan, settingsOf(more), [index('a', replicas)], sides));
}

describe('allocation awareness', () => {
  it('refuses new nodes without the attribute, and says which values are best', () => {
    expect(check('ab', 'a-', 1)).toMatchObject([
      {
        ...{ name: 'awareness', subject: 'zone', result: 'failed', waivable: false },
        seen: expect.stringContaining('none on new-2'),
        remedy: expect.stringContaining('(a and b)'),
      },
    ]);
  });

  it.each([
    ['ab', 'ab', 1],
    ['ab', 'cde', 1],
    ['aabb', 'aabbcc', 1],
    ['abc', 'abc', 2],
    ['ab', 'cd', 0],
    ['aaabbb', 'ab', 1],
  ])('lets %s go to %s with %i replicas', (old, fresh, replicas) => expect(check(old, fresh, replicas)).toEqual([]));

  it.each([
    ['ab', 'cc', 1, 'could not leave'],
    ['aa', 'bb', 1, 'could not leave'],
    ['abc', 'dd', 2, 'could not leave'],
    ['aaaabbbb', 'cdef', 3, 'no way back'],
    ['aabb', 'cdefg', 2, 'no way back'],
  ])('refuses %s to %s with %i replicas: they %s', (old, fresh, replicas, seen) =>
    expect(check(old, fresh, replicas)).toMatchObject([
      { name: 'awareness', subject: 'a', waivable: false, seen: expect.stringContaining(seen) },
    ]),
  );

  it('counts values that are forced, and warns of those that are left behind', () => {
    const forced = (values: string) => ({ [`${KEY}.force.zone.values`]: values });
    expect(check('aabb', 'aabb', 3)).toEqual([]);
    expect(check('aabb', 'aabb', 3, forced('a,b,c,d'))).toMatchObject([
      { result: 'failed' },
      { result: 'warn', seen: expect.stringContaining('has c and d') },
    ]);
    expect(check('ab', 'cd', 1, forced('a,b'))).toMatchObject([
      { result: 'warn', seen: expect.stringContaining('has a and b'), remedy: expect.stringContaining('to c,d') },
    ]);
  });

  it('counts the replicas that the plan gives, and passes over an index that is everywhere', () => {
    expect(check('ab', 'cc', 1, {}, { replicas: 0 })).toEqual([]);
    const { plan, sides } = worldOf('ab', 'cc');
    const everywhere = index('a', 1, { 'index.auto_expand_replicas': '0-all' });
    expect(wrong(awarenessChecks(plan, settingsOf(), [everywhere], sides))).toEqual([]);
  });

  it('tells indices with the same trouble together', () => {
    const { plan, sides } = worldOf('ab', 'cc');
    const many = ['a', 'b', 'c'].map((name) => index(name, 1));
    expect(wrong(awarenessChecks(plan, settingsOf(), many, sides))).toMatchObject([
      { subject: 'a, b and c', remedy: expect.stringContaining('indices."c".replicas: 0 in the plan') },
    ]);
  });
});

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
function walk(sides: Sides, replicas: number): string[] {
  const all = [...sides.old, ...sides.fresh].map(({ nodeName, roles, attributes }) => ({
    name: nodeName,
    roles,
    attributes,
  }));
  const side = (name: string) => (name.startsWith('old') ? ('old' as const) : ('new' as const));
  const room = all.map(({ name }) => ({ name, side: side(name), freeBytes: 1e12 }));
  const among = (nodes: typeof all) => new Deciders(awarenessIn(settingsOf()), nodes, [index('a', replicas)]);
  const limits = (deciders: Deciders, refused: ReadonlySet<string>) => ({
    ...{ movesPerNode: 9, totalShardsPerNode: {}, deciders, refused, aside: new Set<string>() },
  });
  const empty = (table: ShardCopy[], node: string, to: 'old' | 'new', deciders: Deciders) =>
    settle(table, deciders, (now, refused) => planEmptying(now, node, to, room, limits(deciders, refused)));
  const zones = [...new Set(sides.old.map(({ attributes }) => attributes['zone'] ?? ''))];
  // As a balanced cluster has them: copies of a shard go round the zones, and round the nodes of each.
  const before = sides.old.flatMap((_, shard): ShardCopy[] =>
    Array.from({ length: replicas + 1 }, (__, i) => {
      const zone = zones[(shard + i) % zones.length];
      const there = sides.old.filter(({ attributes }) => attributes['zone'] === zone);
      const node = there[(shard + Math.floor(i / zones.length)) % there.length]?.nodeName;
      return { index: 'a', shard, primary: i === 0, state: 'STARTED', node, bytes: 1 };
    }),
  );
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

it('what it lets through finds its places, there and back; what it refuses does not', () => {
  const sides = ['a', 'aa', 'ab', 'aabb', 'abc', 'aabbcc', 'c', 'cc', 'cd', 'ccdd', 'cde', 'cdef', 'abcd', 'bc'];
  const seen = { through: 0, refused: 0, stuck: 0 };
  for (const old of sides) {
    for (const fresh of sides) {
      for (const replicas of [1, 2, 3].filter((count) => count < Math.min(old.length, fresh.length))) {
        const left = walk(worldOf(old, fresh).sides, replicas);
        const isRefused = check(old, fresh, replicas).length > 0;
        if (!isRefused) expect({ old, fresh, replicas, left }).toMatchObject({ left: [] });
        seen[isRefused ? 'refused' : 'through'] += 1;
        if (isRefused && left.length > 0) seen.stuck += 1;
      }
    }
  }
  expect(seen.through).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(50);
  expect(seen.stuck).toBe(seen.refused);
});
