import { createReplicateActivities } from '../../../src/activities/replicate/activities';
import { FAILURES } from '../../../src/contract/failures';
import { NOT_OURS, placed, unreadable, UNREST, type Bad } from '../../support/cluster/bad';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';
import { made } from '../evidence/worlds';

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

describe('while indices come and go', () => {
  const prove = ({ deps }: World) => createReplicateActivities(deps).proveReplicated();

  test('what was made a moment ago does not keep the proof open', async () => {
    const world = simulatedWorld('replicated');
    made(world, 'logs-1', 14, ['old-1', 'old-2']);
    world.cluster.tell(
      lies.copy(world.cluster, 'logs-1', 'old-2', { state: 'INITIALIZING' }),
      lies.health({ status: 'yellow', initializing_shards: 1, active_shards: world.cluster.state.table.length - 1 }),
    );
    await expect(prove(world)).resolves.toMatchObject({ proven: expect.stringMatching(/logs-1\/0.*14 s/) });
  });

  test.each<Bad>([
    ['one that is old enough', (world) => made(world, 'logs-1', 200, ['old-1', 'old-2'])],
    ['one that says that it comes from the future', (world) => made(world, 'logs-1', -500, ['old-1', 'old-2'])],
    [
      'more unrest than the young ones account for',
      (world) => {
        made(world, 'logs-1', 14, ['old-1', 'old-2']);
        world.cluster.tell(lies.copy(world.cluster, 'logs-1', 'old-2', { state: 'INITIALIZING' }));
        const active = world.cluster.state.table.length - 1;
        world.cluster.tell(lies.health({ status: 'yellow', initializing_shards: 2, active_shards: active }));
      },
    ],
    [
      'yellow beside a young one that is well',
      (world) => (made(world, 'logs-1', 14, ['old-1', 'old-2']), world.cluster.tell(lies.health({ status: 'yellow' }))),
    ],
  ])('it does not hold with %s', async (_what, change) => {
    const world = simulatedWorld('replicated');
    change(world);
    await expect(prove(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
  });

  test('replicate is done although a young one is made with every look', async () => {
    const world = simulatedWorld('joined');
    let count = 0;
    world.cluster.tell(
      lies.about(lies.VIEW, () => {
        if (count < 50) made(world, `logs-${(count += 1)}`, 1, ['old-1', 'old-2']);
        return undefined;
      }),
    );
    await expect(createReplicateActivities(world.deps).replicate({})).resolves.toMatchObject({ done: true });
    expect(count).toBeLessThan(20);
  });
});

describe('replicate that tends a gate', () => {
  const on = ({ cluster }: World, name: string) =>
    cluster.state.table.flatMap(({ index, node }) => (index === name ? [node] : [])).sort();

  test('brings over what has no copy on the new side, proves nothing, and takes one look when there is nothing', async () => {
    const world = simulatedWorld('switched');
    made(world, 'logs-1', 500, ['old-1', 'old-2']);
    await createReplicateActivities(world.deps).replicate({ tend: 'new' });
    expect(on(world, 'logs-1')).toEqual([expect.stringMatching(/^new-/), 'old-2']);
    const looks = world.cluster.asked.filter(({ path }) => lies.TABLE.test(path)).length;
    await expect(createReplicateActivities(world.deps).replicate({ tend: 'new' })).resolves.toMatchObject({
      done: true,
    });
    expect(world.cluster.asked.filter(({ path }) => lies.TABLE.test(path))).toHaveLength(looks + 1);
  });

  test('brings nothing back to nodes that are being left, but does where both sides need a copy', async () => {
    const world = simulatedWorld('switched');
    made(world, 'logs-1', 5, ['new-1', 'new-2']);
    await createReplicateActivities(world.deps).replicate({ tend: 'new' });
    expect(on(world, 'logs-1')).toEqual(['new-1', 'new-2']);
    await createReplicateActivities(world.deps).replicate({ tend: 'both' });
    expect(on(world, 'logs-1')).toEqual(['new-1', 'old-1']);
  });

  test('comes back in time when the cluster will not move it', async () => {
    const world = simulatedWorld('switched', { plan: { sampleSeconds: 3600 } });
    made(world, 'logs-1', 500, ['old-1', 'old-2']);
    world.cluster.tell(lies.about(/^\/_cluster\/reroute$/, lies.status(503)));
    const began = Date.now();
    await expect(createReplicateActivities(world.deps).replicate({ tend: 'new' })).resolves.toMatchObject({
      done: false,
    });
    expect(Date.now() - began).toBeLessThan(60_000);
  });
});

describe('a copy on the old side, on the way back', () => {
  const prove = ({ deps }: World) => createReplicateActivities(deps).proveReplicated({ goal: 'old' });

  test('is enough, whatever moves and whatever has become of the new side', async () => {
    const world = simulatedWorld('replicated');
    world.cluster.model.leave('new-1');
    world.cluster.tell(lies.health({ status: 'yellow', unassigned_shards: 1, number_of_pending_tasks: 3 }));
    await expect(prove(world)).resolves.toMatchObject({ facts: { groups: 3 } });
    const { replicate } = createReplicateActivities(world.deps);
    await expect(replicate({ goal: 'old' })).resolves.toMatchObject({ done: true });
    expect(world.touched()).toEqual([]);
  });

  const bad: Bad[] = [
    ...unreadable(QUESTIONS),
    ...NOT_OURS,
    ['both copies on the new side', (world) => placed(world, 'orders', 'old-1', 'new-2')],
    [
      'a copy that is being made',
      (w) => w.cluster.tell(lies.copy(w.cluster, 'orders', 'old-1', { state: 'INITIALIZING' })),
    ],
    ['a shard table that is too short', ({ cluster }) => cluster.tell(lies.tableWithout('products'))],
    ['a health that timed out', ({ cluster }) => cluster.tell(lies.health({ timed_out: true }))],
  ];
  test.each(bad)('does not hold with %s', async (_what, change) => {
    const world = simulatedWorld('replicated');
    change(world);
    await expect(prove(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
    expect(world.touched()).toEqual([]);
  });

  test('is made by moving a primary home', async () => {
    const world = simulatedWorld('replicated');
    placed(world, 'orders', 'old-1', 'new-2');
    const { replicate } = createReplicateActivities(world.deps);
    await expect(replicate({ goal: 'old' })).resolves.toMatchObject({ done: true });
    await expect(prove(world)).resolves.toBeDefined();
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
