import { FEWER_REPLICAS } from '../../../src/contract/kept-record';
import { createTeardownActivities } from '../../../src/activities/teardown/activities';
import {
  changeIndices,
  closeTemporaries,
  openTemporaries,
  TEMPORARY_REPLICAS,
  withoutTemporary,
} from '../../../src/activities/replicate/indices';
import { readLedger } from '../../../src/elasticsearch/ledger/records';
import { undoCluster } from '../../../src/elasticsearch/ledger/undo';
import { readIndices } from '../../../src/elasticsearch/settings/settings';
import { readShards } from '../../../src/elasticsearch/shards/table';
import type { Lie } from '../../support/cluster/cluster';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const REPLICAS = 'index.number_of_replicas';

/** Deletes an index between the look and the change of its settings, once. */
function deletedAtPut({ cluster }: World, name: string): Lie {
  return ({ method, path }) => {
    if (method === 'PUT' && path === `/${name}/_settings`) gone(cluster.state, name);
    return undefined;
  };
}

function gone(state: World['cluster']['state'], name: string): void {
  state.indices = state.indices.filter((index) => index.name !== name);
  state.table = state.table.filter((copy) => copy.index !== name);
}

function madeAgain({ cluster }: World, name: string, replicas: string): void {
  cluster.state.indices.push({ name, open: true, settings: { 'index.number_of_shards': '1', [REPLICAS]: replicas } });
}

const recorded = async ({ scope }: World) =>
  (await readLedger(scope)).map(({ id, undo }) => [id, undo.kind === 'index-settings' && Object.keys(undo.originals)]);
const replicasOf = ({ cluster }: World, name: string) =>
  cluster.state.indices.find((index) => index.name === name)?.settings[REPLICAS];

test('where the plan has fewer replicas, they come back after the data; where it has more, before', async () => {
  const world = simulatedWorld('joined', { plan: { indices: { orders: { replicas: 0 }, products: { replicas: 2 } } } });
  const before = [replicasOf(world, 'orders'), replicasOf(world, 'products')];
  const entries = await changeIndices(world.scope, world.cluster.access.via('old-1'));
  expect(entries.map(({ step, summary }) => [step, summary])).toEqual([
    ['planned-replicas', 'replicas as the plan has them: products'],
    [FEWER_REPLICAS, 'fewer replicas, as the plan has them: orders'],
  ]);
  const { restoreCluster } = createTeardownActivities(world.deps);
  await restoreCluster({ planned: true });
  expect([replicasOf(world, 'orders'), replicasOf(world, 'products')]).toEqual(['0', before[1]]);
  await restoreCluster({});
  expect([replicasOf(world, 'orders'), replicasOf(world, 'products')]).toEqual(before);
});

describe('an index that its owner deletes while its settings are changed', () => {
  const plan = { indices: { orders: { replicas: 0 }, products: { replicas: 0 } } };

  test('stops nothing, and is not recorded any more: one of the same name gets nothing of it', async () => {
    const world = simulatedWorld('joined', { plan });
    world.cluster.tell(deletedAtPut(world, 'orders'));
    await changeIndices(world.scope, world.cluster.access.via('old-1'));
    expect(replicasOf(world, 'products')).toBe('0');
    expect(await recorded(world)).toEqual([[FEWER_REPLICAS, ['products']]]);
    world.cluster.tellTheTruth();
    madeAgain(world, 'orders', '0');
    await undoCluster(world.scope, { prefer: 'old' });
    expect([replicasOf(world, 'orders'), replicasOf(world, 'products')]).toEqual(['0', '1']);
  });

  test('stops the opening of temporary replicas neither, and is recorded until it is seen to be gone', async () => {
    const lends = { replicate: { noReplica: 'temporary-replica' as const } };
    const world = simulatedWorld('joined', { plan: lends });
    const client = world.cluster.access.via('old-1');
    await changeIndices(world.scope, client);
    expect(await recorded(world)).toEqual([[TEMPORARY_REPLICAS, ['sessions']]]);
    const table = await readShards(client);
    world.cluster.tell(deletedAtPut(world, 'sessions'));
    await openTemporaries(world.scope, client, table);
    expect(await recorded(world)).toEqual([[TEMPORARY_REPLICAS, ['sessions']]]);
    await openTemporaries(world.scope, client, table);
    expect(await recorded(world)).toEqual([[TEMPORARY_REPLICAS, []]]);
  });
});

describe('an index that its owner deletes and makes anew under the same name, unseen in between', () => {
  const UUID = 'index.uuid';
  const indexOf = ({ cluster }: World, name: string) => {
    const index = cluster.state.indices.find((one) => one.name === name);
    if (!index) throw new Error(`no index ${name}`);
    return index;
  };
  /** Another one with a replica of its own: its primary is on the new side, and the replica still on the old one. */
  const anew = (world: World, name: string, replicas: string) =>
    Object.assign(indexOf(world, name), {
      settings: { 'index.number_of_shards': '1', [REPLICAS]: replicas, [UUID]: `${name}-2` },
    });
  const worldOf = async (stage: 'joined' | 'replicated', plan: object) => {
    const world = simulatedWorld(stage, { plan });
    for (const { name, settings } of world.cluster.state.indices) settings[UUID] = `${name}-1`;
    const client = world.cluster.access.via('old-1');
    await changeIndices(world.scope, client);
    return { world, client };
  };

  test('keeps its replicas when temporary ones are taken back, and they are moved, not dropped', async () => {
    const { world, client } = await worldOf('replicated', { replicate: { noReplica: 'temporary-replica' } });
    expect(await recorded(world)).toEqual([[TEMPORARY_REPLICAS, ['sessions']]]);
    anew(world, 'sessions', '1');
    const table = (await readShards(client)).map((copy) =>
      copy.index !== 'sessions' ? copy : { ...copy, node: copy.primary ? 'new-1' : 'old-2' },
    );
    const replica = table.filter((copy) => copy.index === 'sessions' && !copy.primary);
    expect(replica).toHaveLength(1);
    expect(await withoutTemporary(world.scope, replica, await readIndices(client))).toEqual(replica);
    expect(await closeTemporaries(world.scope, client, table, 'old-2')).toEqual([]);
    expect(replicasOf(world, 'sessions')).toBe('1');
  });

  test('gets nothing that is put back on the way back', async () => {
    const { world } = await worldOf('joined', { indices: { orders: { replicas: 0 }, products: { replicas: 0 } } });
    anew(world, 'orders', '0');
    await undoCluster(world.scope, { prefer: 'old' });
    expect([replicasOf(world, 'orders'), replicasOf(world, 'products')]).toEqual(['0', '1']);
  });

  test('is recorded as it is itself when the plan changes it too', async () => {
    const { world, client } = await worldOf('joined', { indices: { orders: { replicas: 0 } } });
    anew(world, 'orders', '2');
    await changeIndices(world.scope, client);
    expect(replicasOf(world, 'orders')).toBe('0');
    await undoCluster(world.scope, { prefer: 'old' });
    expect(replicasOf(world, 'orders')).toBe('2');
  });
});
