import { createDrainActivities } from '../../../src/activities/drain/activities';
import { crossing, throttleFor } from '../../../src/activities/drain/throttle';
import type { LedgerEntry } from '../../../src/contract/ledger';
import { applyClusterStep } from '../../../src/elasticsearch/ledger/step';
import { throttleStep, BRIDGE_THROTTLE, MAX_BYTES_PER_SEC } from '../../../src/elasticsearch/settings/throttle';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';
import { placed } from '../../support/cluster/bad';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const rate = ({ cluster }: World) => cluster.state.settings.persistent[MAX_BYTES_PER_SEC] ?? null;

/** After join, which holds the shard traffic to 2 MiB/s; before it the cluster had this of its own. */
async function bridged(theirs?: string): Promise<World> {
  const world = simulatedWorld('switched');
  if (theirs !== undefined) world.cluster.state.settings.persistent[MAX_BYTES_PER_SEC] = theirs;
  const head = { id: BRIDGE_THROTTLE, phase: 'join' as const };
  await applyClusterStep(world.scope, await throttleStep(client(world), world.plan, head, 2));
  return world;
}

const client = ({ cluster }: World) => cluster.access.via('new-1');

test('what crosses the bridge is what is built from a primary that is not on the new side', () => {
  const copy = (index: string, primary: boolean, node: string): ShardCopy => {
    return { index, shard: 0, primary, node, state: 'STARTED', bytes: 1 };
  };
  const table = [
    ...[copy('moved', true, 'new-1'), copy('moved', false, 'old-1')],
    ...[copy('born', true, 'old-1'), copy('born', false, 'new-1')],
    ...[copy('behind', true, 'old-2'), copy('behind', false, 'old-1')],
    copy('alone', true, 'old-1'),
  ];
  const names = crossing(table, 'old-1', new Set(['new-1'])).map(({ index }) => index);
  expect(names).toEqual(['born', 'behind', 'alone']);
});

describe('the bound of shard traffic', () => {
  test('is lifted when nothing crosses, and comes back when something does', async () => {
    const world = await bridged();
    expect(rate(world)).toBe('2048kb');
    expect(await throttleFor(world.scope, client(world), false)).toMatchObject([{ step: 'throttle-local' }]);
    expect(rate(world)).toBe('40mb');
    expect(await throttleFor(world.scope, client(world), true)).toEqual([]);
    expect(rate(world)).toBe('2048kb');
    await throttleFor(world.scope, client(world), false);
    expect(rate(world)).toBe('40mb');
  });

  test('never rises above what the cluster had before', async () => {
    const world = await bridged('10mb');
    await throttleFor(world.scope, client(world), false);
    expect(rate(world)).toBe('10mb');
  });

  test('is left alone where nothing was lifted, and where the plan says how much', async () => {
    const world = await bridged();
    expect(await throttleFor(world.scope, client(world), true)).toEqual([]);
    expect(rate(world)).toBe('2048kb');
    const asked = simulatedWorld('switched', { plan: { replicate: { maxMBps: 5 } } });
    expect(await throttleFor(asked.scope, client(asked), false)).toEqual([]);
    expect(asked.cluster.changes).toEqual([]);
  });
});

test('a drain moves what crosses first, at the pace of the bridge, and the rest at that of the new side', async () => {
  const world = await bridged();
  placed(world, 'orders', 'new-1', 'old-2');
  placed(world, 'products', 'old-2', 'old-1');
  const at: [string, unknown][] = [];
  world.cluster.model.onMove = ({ index }) => at.push([index, rate(world)]);
  const { excludeNode, drain } = createDrainActivities(world.deps);
  await excludeNode({ host: 'old-1' });
  expect(rate(world)).toBe('2048kb');
  let said = await drain({ host: 'old-1' });
  while (!said.done) said = await drain({ host: 'old-1', since: said });
  expect(at.filter(([index]) => index !== 'sessions')).toEqual([
    ['orders', '2048kb'],
    ['products', '40mb'],
  ]);
});

test('a bound that is lifted in the midst of a drain is told with the stop of its node', async () => {
  const world = await bridged();
  placed(world, 'orders', 'new-1', 'old-2');
  const { excludeNode, drain, stopNode } = createDrainActivities(world.deps);
  const steps = (entries: LedgerEntry[]) => entries.map(({ step }) => step);
  expect(steps(await excludeNode({ host: 'old-1' }))).toEqual(['exclude-old-1']);
  let said = await drain({ host: 'old-1' });
  while (!said.done) said = await drain({ host: 'old-1', since: said });
  expect(rate(world)).toBe('40mb');
  expect(steps(await stopNode({ host: 'old-1' }))).toContain('throttle-local');
});
