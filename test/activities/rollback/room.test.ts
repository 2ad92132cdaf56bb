import { createRollbackActivities } from '../../../src/activities/rollback/activities';
import { FEWER_REPLICAS } from '../../../src/contract/kept-record';
import { FAILURES } from '../../../src/contract/failures';
import { applyClusterStep } from '../../../src/elasticsearch/ledger/step';
import { indexSettingsStep } from '../../../src/elasticsearch/ledger/steps';
import { reachSide } from '../../../src/elasticsearch/looks/reach';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

describe('proveRoomAtHome', () => {
  const prove = ({ deps }: World) => createRollbackActivities(deps).proveRoomAtHome();
  const third = ({ cluster }: World) =>
    cluster.state.table.push({ index: 'orders', shard: 0, primary: false, state: 'STARTED', node: 'new-2', bytes: 1 });
  const bad: [string, (world: World) => void, RegExp][] = [
    ['an index with more copies than old nodes', third, /orders has 3 copies of a shard, and there are 2 old nodes/],
    [
      'more bytes than are free',
      ({ cluster }) => cluster.state.disks.forEach((disk) => disk.node.startsWith('old') && (disk.freeBytes = 0)),
      /are to come home, and the old nodes have 0 B free/,
    ],
  ];
  test.each(bad)('does not hold with %s', async (_what, change, message) => {
    const world = simulatedWorld('switched');
    change(world);
    await expect(prove(world)).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      message: expect.stringMatching(message) as string,
    });
    expect(world.touched()).toEqual([]);
  });

  test('room on all nodes together is none for one copy that fits on no node', async () => {
    const world = simulatedWorld('switched');
    const { table, disks, indices } = world.cluster.state;
    const home = disks.filter(({ node }) => node.startsWith('old'));
    const room = (bytes: number) => home.forEach((disk) => (disk.freeBytes = disk.totalBytes * 0.15 + bytes));
    indices.push({ name: 'big', open: true, settings: {} });
    table.push({ index: 'big', shard: 0, primary: true, state: 'STARTED', node: 'new-1', bytes: 60_000_000 });
    room(40_000_000);
    await expect(prove(world)).rejects.toMatchObject({
      message: expect.stringContaining(
        'no old node has a place for big/0 (57.2 MiB): make room on one of them',
      ) as string,
    });
    room(70_000_000);
    await expect(prove(world)).resolves.toBeDefined();
  });

  test('a copy that is not there yet needs room like the others, one that goes with its node needs none', async () => {
    const world = simulatedWorld('switched');
    const { table, disks, indices } = world.cluster.state;
    disks.forEach((disk) => disk.node.startsWith('old') && (disk.freeBytes = disk.totalBytes * 0.2));
    const copy = (node?: string) => ({
      ...{ index: 'big', shard: 0, primary: node === 'new-1', bytes: node === undefined ? 0 : 2 ** 50, node },
      state: node === undefined ? ('UNASSIGNED' as const) : ('STARTED' as const),
    });
    table.push(copy('old-1'), copy('new-1'));
    table.push({ ...copy(), primary: false });
    const big = { name: 'big', open: true, settings: { 'index.auto_expand_replicas': '0-all' } };
    indices.push(big);
    await expect(prove(world)).rejects.toMatchObject({
      message: expect.stringContaining('are to come home') as string,
    });
    table.splice(table.length - 1, 1, copy('old-2'));
    await expect(prove(world)).resolves.toBeDefined();
  });

  test('copies that the plan took away need room too: they are built anew when the new nodes are gone', async () => {
    const world = simulatedWorld('switched', { plan: { indices: { orders: { replicas: 1 } } } });
    const head = { id: FEWER_REPLICAS, phase: 'replicate' as const, summary: 'fewer replicas' };
    const { client } = await reachSide(world.scope, 'old');
    const original = { orders: { 'index.number_of_replicas': '1' } };
    world.cluster.state.indices.find(({ name }) => name === 'orders')!.settings['index.number_of_replicas'] = '2';
    await applyClusterStep(world.scope, await indexSettingsStep(client, head, original, true));
    await expect(prove(world)).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      message: expect.stringMatching(/orders has 3 copies of a shard, and there are 2 old nodes/) as string,
    });
  });

  test('holds with room, and for an index whose copies follow the nodes', async () => {
    const world = simulatedWorld('switched');
    await expect(prove(world)).resolves.toBeDefined();
    third(world);
    Object.assign(world.cluster.state.indices.find(({ name }) => name === 'orders')?.settings ?? {}, {
      'index.auto_expand_replicas': '0-all',
    });
    await expect(prove(world)).resolves.toBeDefined();
  });
});
