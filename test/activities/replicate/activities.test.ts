import { createReplicateActivities } from '../../../src/activities/replicate/activities';
import { FAILURES } from '../../../src/contract/failures';
import { NOT_OURS, placed, unreadable, UNREST, type Bad } from '../../support/cluster/bad';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const QUESTIONS = { 'what a node knows': lies.VIEW, health: lies.HEALTH, 'the shard table': lies.TABLE };
const stranger = ({ cluster }: World) => {
  const node = { id: 'x', name: 'x', version: '7.17.28', roles: ['data'], transport: 'x', http: 'x' };
  cluster.model.join({ ...node, diskBytes: 1, freeBytes: 1 });
};

/** What keeps a shard from having a copy on both sides. */
const ON_ONE_SIDE: Bad[] = [
  ['both copies on the old side', (world) => placed(world, 'orders', 'new-1', 'old-2')],
  ['both copies on the new side', (world) => placed(world, 'orders', 'old-1', 'new-2')],
  ['a copy on a node of nobody', (world) => (stranger(world), placed(world, 'orders', 'old-1', 'x'))],
  ['the other copy on a node of nobody', (world) => (stranger(world), placed(world, 'orders', 'new-1', 'x'))],
  [
    'a copy that is being made',
    (w) => w.cluster.tell(lies.copy(w.cluster, 'orders', 'new-1', { state: 'INITIALIZING' })),
  ],
  [
    'a copy on its way',
    (w) => w.cluster.tell(lies.copy(w.cluster, 'orders', 'new-1', { state: 'RELOCATING', relocating_node: 'new-2' })),
  ],
];

describe('proveReplicated', () => {
  test('holds when each shard with a replica has a started copy on both sides', async () => {
    const { deps } = simulatedWorld('replicated');
    await expect(createReplicateActivities(deps).proveReplicated()).resolves.toMatchObject({
      facts: { groups: 3, withoutReplica: 1, copies: 5 },
    });
  });

  const bad = [...unreadable(QUESTIONS), ...UNREST, ...NOT_OURS, ...ON_ONE_SIDE];
  test.each(bad)('does not hold with %s', async (_what, change) => {
    const world = simulatedWorld('replicated');
    change(world);
    await expect(createReplicateActivities(world.deps).proveReplicated()).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
    });
    expect(world.touched()).toEqual([]);
  });
});

describe('replicate', () => {
  const tables = ({ cluster }: World) => cluster.asked.filter(({ path }) => lies.TABLE.test(path)).length;

  test('is done when the proof has held three times in a row, after every primary has moved', async () => {
    const world = simulatedWorld('joined');
    await expect(createReplicateActivities(world.deps).replicate({})).resolves.toMatchObject({ done: true });
    const sides = world.cluster.state.table.map(({ index, primary, node }) => [index, primary, node?.slice(0, 3)]);
    expect(sides).toEqual([
      ['orders', true, 'new'],
      ['orders', false, 'old'],
      ['products', true, 'new'],
      ['products', false, 'old'],
      ['sessions', true, 'old'],
    ]);
    expect(tables(world)).toBe(1 + 1 + 3);
  });

  test('begins to count anew when the second proof does not hold', async () => {
    const world = simulatedWorld('replicated');
    world.cluster.tell(lies.about(lies.TABLE, lies.after(2, lies.atFirst(1, lies.status(503)))));
    await expect(createReplicateActivities(world.deps).replicate({})).resolves.toMatchObject({ done: true });
    expect(tables(world)).toBe(3 + 1 + 3);
  });

  test.each([...unreadable(QUESTIONS), ...UNREST, ...NOT_OURS])('is never done with %s', async (_what, change) => {
    const world = simulatedWorld('replicated');
    change(world);
    const done = await createReplicateActivities(world.deps)
      .replicate({})
      .then(
        (progress) => progress.done,
        () => false,
      );
    expect(done).toBe(false);
  });
});
