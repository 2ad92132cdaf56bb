import { zoneRoomChecks } from '../../../../src/activities/preflight/cluster/zone-room';
import type { ShardCopy } from '../../../../src/elasticsearch/shards/table';
import { testPlan } from '../../../elasticsearch/world';
import { notWell, worldBefore } from './looked';
import { newHost, sidesOf } from './sides';

const GB = 1e9;
const KEY = 'cluster.routing.allocation';
const hosts = (side: 'old' | 'new', count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${side}-${i + 1}`,
    address: `198.18.${side === 'old' ? 1 : 2}.1${i}`,
  }));

/**
 * @param zones of new nodes, one letter each
 * @param free GB on each of their disks, below the watermark
 * @param gb of one copy of the only shard
 */
function look(zones: string, free: number[], gb: number, replicas = 1, more: Record<string, string> = {}) {
  const plan = testPlan(hosts('old', 2), hosts('new', zones.length));
  const told = ['a', 'b'].map((zone) => ({ 'node.attr.zone': zone }));
  const files = [...zones].map((zone) => (zone === '-' ? '' : `node.attr.zone: ${zone}`));
  const index = { name: 'a', open: true, settings: { 'index.number_of_replicas': String(replicas), ...more } };
  const copy = { index: 'a', shard: 0, primary: true, state: 'STARTED', node: 'old-1', bytes: gb * GB } as ShardCopy;
  const settings = {
    persistent: { [`${KEY}.awareness.attributes`]: 'zone', [`${KEY}.disk.watermark.low`]: '0b' },
    ...{ transient: {}, defaults: {} },
  };
  const seen = free.map((size, i) => newHost(`new-${i + 1}`, '', { diskBytes: 1000 * GB, freeBytes: size * GB }));
  const cluster = { indices: [index], table: [copy], settings };
  return zoneRoomChecks(plan, cluster, sidesOf(plan, told, files), seen);
}

it('refuses a zone by name whose share of the copies does not fit its disks', () => {
  // All together have room for both copies; each zone has to take one.
  expect(look('aab', [90, 90, 50], 60)).toEqual([
    {
      ...{ name: 'new-disk', subject: 'b', result: 'failed', waivable: false },
      seen: expect.stringMatching(
        /^55\.9 GiB of shards have to lie on nodes of zone b, .*; on new-3 46\.6 GiB are free/,
      ) as unknown,
      remedy: expect.stringContaining('lower replicas') as unknown,
    },
  ]);
  expect(look('aab', [90, 90, 70], 60)).toEqual([]);
});

it('asks of a zone only what the others have no places for', () => {
  expect(look('abc', [90, 90, 5], 60)).toEqual([]);
  expect(look('abc', [90, 5, 5], 60)).toMatchObject([{ subject: 'b,c', waivable: false }]);
  expect(look('ab', [90, 5], 60, 0)).toEqual([]);
});

it('says nothing where nothing is spread, or a node has no zone', () => {
  expect(look('aa', [5, 5], 60)).toEqual([]);
  expect(look('a-', [90, 5], 60)).toEqual([]);
  expect(look('ab', [90, 5], 60, 1, { 'index.auto_expand_replicas': '0-all' })).toEqual([]);
});

it('is looked at in preflight', async () => {
  const world = worldBefore({}, ['node.attr.zone: a', 'node.attr.zone: b']);
  const { beforehand, state } = world.cluster;
  for (const [i, { name }] of world.plan.hosts.old.entries()) {
    beforehand.told[name] = { ...beforehand.told[name], 'node.attr.zone': ['a', 'b'][i] ?? 'a' };
  }
  Object.assign(state.settings.persistent, {
    [`${KEY}.awareness.attributes`]: 'zone',
    [`${KEY}.disk.threshold_enabled`]: 'true',
    [`${KEY}.disk.watermark.low`]: '899999999999b',
  });
  const zones = (await notWell(world)).filter(({ name, subject }) => name === 'new-disk' && subject !== '');
  expect(zones.map(({ subject }) => subject)).toEqual(['a', 'b']);
});
