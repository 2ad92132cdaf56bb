import {
  compareVersions,
  diskChecks,
  lookScript,
  parseLook,
  versionChecks,
} from '../../../../src/activities/preflight/cluster/hosts';
import { execFileSync } from 'node:child_process';
import { indexChecks } from '../../../../src/activities/preflight/cluster/indices';
import { aloneChecks, nodeChecks } from '../../../../src/activities/preflight/cluster/nodes';
import { settingsChecks } from '../../../../src/activities/preflight/cluster/settings';
import type { NodeSettings } from '../../../../src/elasticsearch/settings/node-settings';
import type { ClusterNode } from '../../../../src/elasticsearch/looks/nodes';
import { hostRef } from '../../../../src/plan/hosts';
import type { PlanInput } from '../../../../src/plan/schema';
import { testPlan } from '../../../elasticsearch/world';
import { sidesOf } from './sides';

const hosts = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.${11 + i}`,
  }));
const planOf = (old: number, fresh: number, more: Partial<PlanInput> = {}) =>
  testPlan(hosts('old', old), hosts('new', fresh), more);
const index = (name: string, more: Record<string, string> = {}, open = true) => ({
  name,
  open,
  settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': '1', ...more },
});
const wrong = (checks: { result: string }[]) => checks.filter((check) => check.result !== 'ok');
const look = (plan: ReturnType<typeof planOf>, ...indices: ReturnType<typeof index>[]) =>
  wrong(indexChecks(plan, indices, [], sidesOf(plan)));

describe('indices', () => {
  it('finds nothing wrong with ordinary ones', () => {
    const tier = { 'index.routing.allocation.include._tier_preference': 'data_content' };
    expect(look(planOf(3, 3), index('a', tier), index('b', { 'index.number_of_replicas': '2' }))).toEqual([]);
  });

  it('refuses a closed one by name', () => {
    expect(look(planOf(3, 3), index('attic', {}, false))).toMatchObject([
      { name: 'closed-indices', subject: 'attic', result: 'failed', remedy: expect.stringContaining('/attic/_open') },
    ]);
  });

  it('refuses by name an index with more copies than new nodes, and says which key of the plan cures it', () => {
    const three = index('wide', { 'index.number_of_replicas': '2' });
    expect(look(planOf(5, 2), three)).toMatchObject([
      {
        name: 'index-fits',
        subject: 'wide',
        result: 'failed',
        waivable: false,
        remedy: expect.stringContaining('indices."wide".replicas: 1'),
      },
    ]);
    expect(look(planOf(5, 2, { indices: { wide: { replicas: 1 } } }), three)).toEqual([]);
  });

  it('counts places under total_shards_per_node', () => {
    const tight = { 'index.number_of_shards': '2', 'index.routing.allocation.total_shards_per_node': '1' };
    expect(look(planOf(4, 4), index('tight', tight))).toEqual([]);
    expect(look(planOf(4, 3), index('tight', tight))).toMatchObject([{ subject: 'tight', waivable: false }]);
  });

  it.each([
    [{ 'index.routing.allocation.require._name': 'old-1' }, 'index-filters'],
    [{ 'index.routing.allocation.enable': 'none' }, 'index-filters'],
    [{ 'index.auto_expand_replicas': '0-all' }, 'auto-expand'],
    [{ 'index.blocks.read_only_allow_delete': 'true' }, 'index-blocks'],
    [{ 'index.store.type': 'snapshot' }, 'searchable-snapshots'],
  ])('%j fails %s', (settings, name) => {
    expect(look(planOf(3, 3), index('odd', settings))).toMatchObject([{ name, subject: 'odd', result: 'failed' }]);
  });

  it('lets an index expand as far as the old side already has it', () => {
    expect(look(planOf(3, 3), index('.tasks', { 'index.auto_expand_replicas': '0-1' }))).toEqual([]);
  });

  it('warns of an index without a replica, and refuses a planned one that does not exist', () => {
    expect(look(planOf(3, 3), index('bare', { 'index.number_of_replicas': '0' }))).toMatchObject([
      { name: 'no-replica', subject: 'bare', result: 'warn' },
    ]);
    expect(look(planOf(3, 3, { indices: { typo: { replicas: 1 } } }))).toMatchObject([
      { name: 'planned-indices', subject: 'typo', result: 'failed' },
    ]);
  });
});

describe('nodes', () => {
  const node = (name: string, address: string, version = '7.17.28'): ClusterNode => ({
    id: name,
    name,
    version,
    roles: ['master', 'data'],
    transport: `${address}:9300`,
    http: `${address}:9200`,
  });
  const good = [node('old-1', '198.18.1.11'), node('old-2', '198.18.1.12')];
  const plan = planOf(2, 2);

  it('accepts exactly the planned ones', () => expect(wrong(nodeChecks(plan, good))).toEqual([]));
  it.each([
    ['a missing node', [good[0]!], 'old-2'],
    ['a stranger', [...good, node('other', '198.18.1.99')], 'other'],
    ['another address', [good[0]!, node('old-2', '198.18.1.99')], 'old-2'],
    ['a new node that is there already', [...good, node('new-1', '198.18.2.11')], 'new-1'],
  ])('refuses %s', (_, nodes, subject) => {
    const [first] = wrong(nodeChecks(plan, nodes));
    expect(first).toMatchObject({ name: 'nodes', subject, result: 'failed', waivable: false });
  });
  it.each([[['7.17.28', '8.17.0']], [['6.8.23', '6.8.23']], [['10.0.0', '10.0.0']]])(
    'refuses versions %j',
    (versions) => {
      const nodes = good.map((one, i) => ({ ...one, version: versions[i]! }));
      expect(wrong(nodeChecks(plan, nodes))).toMatchObject([{ name: 'version', waivable: false }]);
    },
  );
});

it('refuses an old node that was started to be alone', () => {
  const told = (type?: string): NodeSettings[] => [
    { name: 'old-1', settings: { ...(type !== undefined && { 'discovery.type': type }) } },
  ];
  expect(aloneChecks(planOf(1, 1), told('single-node'))).toMatchObject([
    { name: 'discovery-type', subject: 'old-1', waivable: false, remedy: expect.stringContaining('["198.18.1.11"]') },
  ]);
  expect(wrong([...aloneChecks(planOf(1, 1), told()), ...aloneChecks(planOf(1, 1), told('multi-node'))])).toEqual([]);
});

describe('settings', () => {
  const check = (persistent: Record<string, string>, plan = planOf(2, 2)) =>
    wrong(settingsChecks({ persistent, transient: {}, defaults: {} }, sidesOf(plan).fresh, 10));

  it('finds nothing wrong with none', () => expect(check({})).toEqual([]));
  it.each([
    [{ 'cluster.routing.allocation.enable': 'primaries' }, 'allocation'],
    [{ 'cluster.routing.allocation.exclude._name': 'new-*' }, 'cluster-filters'],
    [{ 'cluster.blocks.read_only': 'true' }, 'cluster-blocks'],
    [{ 'cluster.routing.allocation.total_shards_per_node': '4' }, 'shards-per-node'],
  ])('%j fails %s', (persistent, name) => {
    expect(check(persistent)[0]).toMatchObject({ name, result: 'failed', waivable: false });
  });
  it('refuses archived ones, and gives the very body that removes them', () => {
    const archived = { 'archived.xpack.monitoring.collection.enabled': 'true' };
    const both = { persistent: archived, transient: archived, defaults: {} };
    const found = (settings: typeof both) =>
      settingsChecks(settings, sidesOf(planOf(2, 2)).fresh, 10).find(({ name }) => name === 'archived-settings');
    expect(found(both)).toMatchObject({
      ...{ result: 'failed', waivable: false, seen: expect.stringContaining(Object.keys(archived)[0]!) },
      remedy: expect.stringContaining('{"persistent":{"archived.*":null},"transient":{"archived.*":null}}'),
    });
    expect(found({ ...both, transient: {} as typeof archived })?.remedy).toMatch(
      / \{"persistent":\{"archived\.\*":null\}\}$/,
    );
  });
});

describe('new hosts', () => {
  const host = (version?: string) => ({ host: 'new-1', diskBytes: 1e12, freeBytes: 9e11, ...(version && { version }) });

  it.each([
    ['7.17.28', '7.17.28', 'ok', true],
    ['7.17.29', '7.17.28', 'failed', false],
    ['8.17.0', '7.17.28', 'failed', false],
    ['7.17.27', '7.17.28', 'failed', false],
    ['9.0.0', '7.17.28', 'failed', false],
    ['8.17.0', '7.10.2', 'failed', false],
    [undefined, '7.17.28', 'failed', false],
  ])('%s into a cluster of %s: %s', (version, cluster, result, waivable) => {
    expect(versionChecks([host(version)], cluster)).toMatchObject([{ subject: 'new-1', result, waivable }]);
  });

  it('orders versions by number', () => expect(compareVersions('7.9.3', '7.17.0')).toBeLessThan(0));

  it('adds up the room below the watermark', () => {
    const settings = {
      persistent: {},
      transient: {},
      defaults: { 'cluster.routing.allocation.disk.watermark.low': '85%' },
    };
    expect(diskChecks([host(), host()], settings, 1e12, 1e11)[0]?.result).toBe('ok');
    expect(diskChecks([host()], settings, 1e12, 1e11)[0]).toMatchObject({ result: 'failed', waivable: false });
    expect(diskChecks([host(), host()], settings, 1e12, 8e11)[0]?.result).toBe('failed');
  });

  it('looks with a script that runs on a real shell, service or not', () => {
    const out = execFileSync('sh', ['-s'], {
      input: `set -eu\n${lookScript(planOf(2, 2), hostRef(planOf(2, 2), 'new-1'))}`,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const seen = parseLook('new-1', out);
    expect(seen.diskBytes).toBeGreaterThan(0);
    expect(seen.dataPath).toBe('/var/lib/elasticsearch');
    expect(() => parseLook('new-1', 'version=1\n')).toThrow(/disk/);
  });
});
