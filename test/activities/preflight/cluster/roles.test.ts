import { diskChecks } from '../../../../src/activities/preflight/cluster/hosts';
import { indexChecks } from '../../../../src/activities/preflight/cluster/indices';
import { needsOf, roomChecks, dataNodes } from '../../../../src/activities/preflight/cluster/needs';
import { newKinds } from '../../../../src/activities/preflight/cluster/node-kinds';
import { roleChecks } from '../../../../src/activities/preflight/cluster/roles';
import { settingsChecks } from '../../../../src/activities/preflight/cluster/settings';
import { voterCheck } from '../../../../src/activities/preflight/cluster/voters';
import { Deciders } from '../../../../src/elasticsearch/shards/deciders';
import { temporaryReplicas } from '../../../../src/activities/replicate/indices';
import type { ShardCopy } from '../../../../src/elasticsearch/shards/table';
import { testPlan } from '../../../elasticsearch/world';
import { newHost, sidesOf } from './sides';

const hosts = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.${11 + i}`,
  }));
const planOf = (old: number, fresh: number, more = {}) => testPlan(hosts('old', old), hosts('new', fresh), more);
const index = (name: string, replicas: number, more: Record<string, string> = {}) => ({
  name,
  open: true,
  settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': String(replicas), ...more },
});
const prefers = (tiers: string) => ({ 'index.routing.allocation.include._tier_preference': tiers });
const wrong = (checks: { result: string }[]) => checks.filter(({ result }) => result !== 'ok');
const MASTER = 'node.roles: [master]';
const DATA = 'node.roles: [data]';
const settings = {
  persistent: {},
  transient: {},
  defaults: { 'cluster.routing.allocation.disk.watermark.low': '85%' },
};

describe('only nodes that hold data take shards', () => {
  const plan = planOf(3, 5);
  const sides = sidesOf(plan, [], [MASTER, MASTER, MASTER, DATA, DATA]);
  const table = (copies: number, bytes: number): ShardCopy[] =>
    Array.from({ length: copies }, (_, i) => ({
      ...{ index: 'big', shard: 0, primary: i === 0, state: 'STARTED', node: `old-${i + 1}`, bytes },
    }));

  it('refuses three copies on three masters and two data nodes', () => {
    expect(wrong(indexChecks(plan, [index('wide', 2)], [], sides))).toMatchObject([
      { name: 'index-fits', subject: 'wide', waivable: false, remedy: expect.stringContaining('replicas: 1') },
    ]);
  });

  it('adds up their disks alone, and their places alone', () => {
    const seen = plan.hosts.new.map(({ name }) => newHost(name));
    const needs = needsOf(plan, [index('big', 1)], table(2, 8e11), sides);
    expect(needs).toEqual([{ homes: ['new-4', 'new-5'], copies: 2, bytes: 1.6e12, largest: 8e11 }]);
    expect(diskChecks(seen, settings, 1.6e12, 7e11)[0]?.result).toBe('ok');
    expect(roomChecks(seen, settings, needs)).toMatchObject([{ name: 'new-disk', result: 'failed' }]);
    const few = { ...settings, persistent: { 'cluster.routing.allocation.total_shards_per_node': '2' } };
    expect(wrong(settingsChecks(few, dataNodes(sides.fresh), 5))).toMatchObject([{ name: 'shards-per-node' }]);
  });

  it('counts old data nodes where an index grows by itself, and where a replica is lent', () => {
    const masters = sidesOf(planOf(3, 3), [
      { 'node.roles': 'master' },
      { 'node.roles': 'master' },
      { 'node.roles': 'data' },
    ]);
    const grows = index('.tasks', 1, { 'index.auto_expand_replicas': '0-1' });
    expect(wrong(indexChecks(plan, [grows], [], masters))).toMatchObject([{ name: 'auto-expand' }]);
    const lends = planOf(3, 3, { replicate: { noReplica: 'temporary-replica' } });
    const nodes = masters.old.map(({ nodeName, roles }) => ({ name: nodeName, roles }));
    expect(temporaryReplicas(lends, [index('bare', 0)], nodes)).toEqual({});
    expect(
      temporaryReplicas(
        lends,
        [index('bare', 0)],
        [...nodes.slice(0, 1), { ...nodes[1]!, roles: ['data'] }, nodes[2]!],
      ),
    ).toHaveProperty('bare');
  });

  it('lends no replica that the zones of both sides together keep off the old one', () => {
    const lends = planOf(2, 2, { replicate: { noReplica: 'temporary-replica' } });
    const lent = (zones: string[]) => {
      const names = ['old-1', 'old-2', 'new-1', 'new-2'];
      const nodes = names.map((name, i) => ({ name, roles: ['data'], attributes: { zone: zones[i]! } }));
      const deciders = new Deciders([{ attribute: 'zone', forced: [] }], nodes, [index('bare', 0)]);
      return Object.keys(temporaryReplicas(lends, [index('bare', 0)], nodes, deciders));
    };
    expect(lent(['a', 'b', 'c', 'd'])).toEqual(['bare']);
    expect(lent(['a', 'a', 'a', 'a'])).toEqual(['bare']);
    expect(lent(['a', 'a', 'b', 'b'])).toEqual([]);
  });

  it('asks for room where a tier binds an index to some of them', () => {
    const tiered = sidesOf(
      planOf(2, 3),
      [],
      ['node.roles: [master, data_hot, data_content]', 'node.roles: [data_hot]', 'node.roles: [data_warm]'],
    );
    const cold = index('big', 0, prefers('data_warm'));
    const needs = needsOf(planOf(2, 3), [cold, index('other', 1)], table(1, 8e11), tiered);
    expect(needs[1]).toEqual({ homes: ['new-3'], copies: 1, bytes: 8e11, largest: 8e11 });
    const seen = hosts('new', 3).map(({ name }) => newHost(name));
    expect(roomChecks(seen, settings, needs)[0]).toMatchObject({ result: 'failed' });
  });
});

describe('what the old side has and the new one lacks', () => {
  const look = (files: string[], indices = [index('plain', 0)], old: Record<string, unknown>[] = []) => {
    const plan = planOf(2, files.length);
    return wrong(roleChecks(sidesOf(plan, old, files), indices));
  };

  it('finds nothing where all have all', () => expect(look(['', ''])).toEqual([]));

  it('refuses a side without ingest, by name and with the remedy', () => {
    const old = [{ 'node.roles': 'master,data,ingest' }, { 'node.roles': 'master,data' }];
    expect(look(['node.roles: [master, data]'], [], old)).toMatchObject([
      {
        name: 'node-roles',
        subject: 'ingest',
        waivable: true,
        seen: expect.stringContaining('old-1'),
        remedy: expect.stringContaining('node.roles'),
      },
    ]);
    expect(look(['node.roles: [master, data]', 'node.roles: [ingest]'], [], old)).toEqual([]);
  });

  it.each([
    ['a side without a master', ['node.master: false'], 'master'],
    [
      'one whose masters only vote',
      ['node.roles: [master, voting_only]', 'node.roles: [data, ingest, ml, transform, remote_cluster_client]'],
      'master',
    ],
    ['a side without data', ['node.data: false\nnode.transform: true'], 'data'],
  ])('refuses %s for good', (_, files, subject) => {
    expect(look(files)).toContainEqual(expect.objectContaining({ name: 'node-roles', subject, waivable: false }));
  });

  it('asks for the tiers in which indices lie, and for no others', () => {
    const hot = ['node.roles: [master, data_hot, data_content, ingest, ml, transform, remote_cluster_client]'];
    expect(look(hot, [index('a', 0, prefers('data_hot'))])).toEqual([]);
    expect(look(hot, [index('a', 0, prefers('data_cold,data_hot'))])).toMatchObject([
      { name: 'data-tiers', subject: 'data_cold', waivable: false, seen: expect.stringContaining('(a)') },
    ]);
  });

  it('refuses a tier that would draw every copy over as soon as its nodes join', () => {
    const old = [{ 'node.roles': 'master,data_hot,data_content' }, { 'node.roles': 'data_hot' }];
    expect(look(['node.roles: [master, data]'], [index('a', 1, prefers('data_warm,data_hot'))], old)).toMatchObject([
      { name: 'data-tiers', subject: 'data_warm', waivable: false },
    ]);
  });

  it('counts as new voters those that may vote', () => {
    const plan = planOf(3, 3);
    expect(voterCheck(sidesOf(plan, [], ['', DATA, DATA])).result).toBe('failed');
  });
});

describe("each new host's own file", () => {
  const plan = planOf(2, 2);
  const kinds = (yml: string | undefined, version = '7.17.28') =>
    newKinds(
      plan,
      [
        newHost('new-1', ''),
        { ...newHost('new-2'), ...(yml === undefined ? { config: undefined } : newHost('new-2', yml)) },
      ],
      version,
    );

  it('gives each node its own attributes', () => {
    const { kinds: nodes } = newKinds(
      plan,
      [newHost('new-1', 'node.attr.zone: a'), newHost('new-2', 'node: {attr: {zone: b}}')],
      '8.19.0',
    );
    expect(nodes.map(({ attributes }) => attributes['zone'])).toEqual(['a', 'b']);
  });

  it.each([
    [undefined, '7.17.28', 'can not be read'],
    ['a: [', '7.17.28', 'is not valid YAML'],
    ['node.roles: [data]\nnode.master: true', '7.17.28', 'both set'],
    ['node.data: true', '8.19.0', 'does not start'],
    ['node.roles: ${ROLES}', '8.19.0', 'environment'],
  ])('refuses what it can not tell: %j on %s', (yml, version, seen) => {
    const { kinds: nodes, checks } = kinds(yml, version);
    expect(nodes).toHaveLength(1);
    expect(checks).toMatchObject([
      { name: 'node-roles', subject: 'new-2', waivable: false, seen: expect.stringContaining(seen) },
    ]);
  });

  it('tells of an attribute that it can not see', () => {
    expect(kinds('node.attr.zone: ${ZONE}').checks).toMatchObject([
      { name: 'node-attributes', subject: 'new-2', waivable: true },
    ]);
  });
});

it('lets an index be bound to some of the new nodes, and not to none', () => {
  const plan = planOf(2, 3);
  const sides = sidesOf(plan, [], ['node.attr.box: hot', 'node.attr.box: hot', 'node.attr.box: warm']);
  const bound = (replicas: number, box: string) =>
    index('a', replicas, { 'index.routing.allocation.require.box': box });
  const names = (replicas: number, box: string) =>
    wrong(indexChecks(plan, [bound(replicas, box)], [], sides)).map((one) => (one as { name?: string }).name);
  expect(names(1, 'hot')).toEqual([]);
  expect(names(1, 'warm')).toEqual(['index-fits']);
  expect(names(1, 'cold')).toEqual(['index-filters']);
});
