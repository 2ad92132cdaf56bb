import { createDrainActivities } from '../../../src/activities/drain/activities';
import { createTeardownActivities } from '../../../src/activities/teardown/activities';
import { FAILURES } from '../../../src/contract/failures';
import { applyClusterStep } from '../../../src/elasticsearch/ledger/step';
import { indexSettingsStep, settingsStep } from '../../../src/elasticsearch/ledger/steps';
import { keepSettingsBefore } from '../../../src/elasticsearch/settings/before';
import { readLedger } from '../../../src/elasticsearch/ledger/records';
import { balances, NOT_OURS, NOT_WHOLE, unreadable, UNREST, type Bad } from '../../support/cluster/bad';
import type { Lie } from '../../support/cluster/cluster';
import * as lies from '../../support/cluster/lies';
import { away, LEFT, traces } from '../../support/cluster/left';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const REBALANCE = 'cluster.routing.rebalance.enable';

describe('restoreCluster', () => {
  /** All is moved, and one setting is still ours. */
  async function changed(): Promise<World> {
    const world = simulatedWorld('moved');
    const client = world.cluster.access.via('new-1');
    const head = { id: 'no-rebalance', phase: 'join' as const, summary: 'no shard moves by itself' };
    await applyClusterStep(world.scope, await settingsStep(client, head, { [REBALANCE]: 'none' }));
    world.cluster.asked.length = 0;
    return world;
  }
  const restore = ({ deps }: World) => createTeardownActivities(deps).restoreCluster({ migrated: true });
  const recorded = async ({ scope }: World) => (await readLedger(scope)).map(({ id }) => id);

  test('puts back what is recorded, and ends the record', async () => {
    const world = await changed();
    await expect(restore(world)).resolves.toEqual({ host: 'hub', undone: ['no-rebalance'] });
    expect(world.cluster.state.settings.persistent).toEqual({});
    expect(await recorded(world)).toEqual([]);
  });

  const bad: Bad[] = [
    ...unreadable({ 'what a node knows': lies.VIEW }),
    ...NOT_OURS,
    [
      'a hub that is away',
      ({ hosts }) => {
        hosts.kept = async () => {
          throw new Error('no route to host');
        };
      },
    ],
    ['a record that is not understood', ({ hosts }) => hosts.records.get('hub')?.set('cluster-0002-x', { v: 2 })],
  ];
  test.each(bad)('with %s nothing is touched', async (_what, change) => {
    const world = await changed();
    const records = [...(world.hosts.records.get('hub')?.keys() ?? [])];
    change(world);
    await expect(restore(world)).rejects.toThrow();
    expect(world.touched()).toEqual([]);
    expect([...(world.hosts.records.get('hub')?.keys() ?? [])]).toEqual(expect.arrayContaining(records));
  });

  const put =
    (lie: Lie): Lie =>
    (asked, truth) =>
      asked.method === 'PUT' ? lie(asked, truth) : undefined;
  const get = (lie: Lie): Lie =>
    lies.about(lies.SETTINGS, (asked, truth) => (asked.method === 'GET' ? lie(asked, truth) : undefined));
  const unproven: [string, Lie][] = [
    ['is refused with 503', put(lies.status(503))],
    ['is refused with 400', put(lies.status(400))],
    ['is answered by html', put(lies.html)],
    ['is lost', put(lies.lost)],
    ['has no effect', put(() => ({ status: 200, body: '{"acknowledged":true}' }))],
    ['is not acknowledged', put(lies.but((answer) => (answer.acknowledged = false)))],
    ['is not to be seen afterwards', get(lies.but((answer) => (answer.persistent[REBALANCE] = 'none')))],
    ['can not be looked at afterwards', get(lies.html)],
  ];
  test.each(unproven)('keeps the record when the way back %s, and a retry puts all back', async (_what, lie) => {
    const world = await changed();
    world.cluster.tell(lie);
    await expect(restore(world)).rejects.toThrow();
    expect(await recorded(world)).toEqual(['no-rebalance']);
    world.cluster.tellTheTruth();
    await restore(world);
    expect(world.cluster.state.settings).toMatchObject({ persistent: {}, transient: {} });
    expect(await recorded(world)).toEqual([]);
  });

  const notGreen = UNREST.filter(([what]) => /red|yellow|timed out/.test(what));
  test.each(notGreen)('is not done with %s', async (_what, change) => {
    const world = await changed();
    change(world);
    await expect(restore(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
  });
});

describe('restoreCluster on the way back', () => {
  test('takes back only what the plan wanted of indices, when told so, and waits for no green', async () => {
    const world = simulatedWorld('switched');
    const client = world.cluster.access.via('new-1');
    const head = (id: string) => ({ id, phase: 'replicate' as const, summary: id });
    const replicas = { orders: { 'index.number_of_replicas': '0' } };
    await applyClusterStep(world.scope, await indexSettingsStep(client, head('planned-replicas'), replicas, true));
    await applyClusterStep(world.scope, await settingsStep(client, head('throttle-asked'), { [REBALANCE]: 'none' }));
    world.cluster.tell(lies.health({ status: 'yellow' }));
    const { restoreCluster } = createTeardownActivities(world.deps);
    await expect(restoreCluster({ planned: true })).resolves.toEqual({ host: 'hub', undone: ['planned-replicas'] });
    expect((await readLedger(world.scope)).map(({ id }) => id)).toEqual(['throttle-asked']);
    await expect(restoreCluster({})).resolves.toEqual({ host: 'hub', undone: ['throttle-asked'] });
  });
});

describe('exclusions of others', () => {
  const KEY = 'cluster.routing.allocation.exclude._name';
  test.each(['', 'old-9, old-8', 'old-9,old-8', ['old-9', 'old-8'], 'old-1'])(
    '%j is as it was at the end',
    async (value) => {
      const world = simulatedWorld('moved');
      const { settings } = world.cluster.state;
      settings.transient[KEY] = value;
      world.hosts.records.clear();
      await keepSettingsBefore(world.scope, world.cluster.access.via('new-1'));
      const { excludeNodes } = createDrainActivities(world.deps);
      await excludeNodes({ hosts: ['old-1'] });
      await excludeNodes({ hosts: ['old-2'] });
      expect(String(settings.transient[KEY])).toContain('old-2');
      await restoreAll(world);
      expect(settings.transient[KEY]).toEqual(value);
      await expect(createTeardownActivities(world.deps).proveTornDown()).resolves.toMatchObject({
        facts: { hosts: 8 },
      });
    },
  );

  test('from shards and from voting are no traces of ours where they were there before', async () => {
    const world = simulatedWorld('moved');
    world.cluster.state.settings.persistent[KEY] = 'old-2';
    world.cluster.state.voteless = ['old-2'];
    world.hosts.records.clear();
    await keepSettingsBefore(world.scope, world.cluster.access.via('new-1'));
    const { proveTornDown } = createTeardownActivities(world.deps);
    await expect(proveTornDown()).resolves.toMatchObject({ facts: { hosts: 8 } });
    world.cluster.state.voteless.push('old-1');
    await expect(proveTornDown()).rejects.toThrow('still kept from voting: old-1');
  });

  const restoreAll = ({ deps }: World) => createTeardownActivities(deps).restoreCluster({ migrated: true });
});

describe('proveTornDown', () => {
  test('holds when nothing of the move is left, also where old hosts are gone', async () => {
    const world = simulatedWorld('moved');
    away(world, 'old-2');
    await expect(createTeardownActivities(world.deps).proveTornDown()).resolves.toMatchObject({
      facts: { hosts: 7, notReachable: 1 },
    });
  });

  test('holds while the balancer, which may work again, moves copies from one new node to another', async () => {
    const world = simulatedWorld('moved');
    balances(world, 'orders', 'new-1', 'new-2');
    await expect(createTeardownActivities(world.deps).proveTornDown()).resolves.toMatchObject({
      proven: expect.stringMatching(/^The cluster is green on new nodes only \(its balancer moves 1 copy\), and no/),
      facts: { hosts: 8, relocating: 1 },
    });
  });

  const questions = { health: lies.HEALTH, 'the table': lies.TABLE, nodes: lies.NODES, settings: lies.SETTINGS };
  const bad: Bad[] = [
    ...unreadable({ 'what a node knows': lies.VIEW, ...questions, 'who is kept from voting': lies.VOTING }),
    ...NOT_WHOLE,
    ...NOT_OURS,
    ...LEFT,
    [
      'an old node that is there',
      ({ cluster }) => cluster.model.join({ ...node('old-1'), diskBytes: 1, freeBytes: 1 }),
    ],
    ['a new node that is missing', (w) => (w.cluster.state.nodes = w.cluster.state.nodes.slice(0, 1))],
    ['a new host that is away', (w) => away(w, 'new-2')],
    ['a trace on an old host', (w) => traces(w, 'old-1', 'claim\nlooked\n')],
  ];
  const node = (name: string) => ({ id: name, name, version: '7.17.28', roles: ['data'], transport: 'x', http: 'x' });
  test.each(bad)('does not hold with %s', async (_what, change) => {
    const world = simulatedWorld('moved');
    change(world);
    await expect(createTeardownActivities(world.deps).proveTornDown()).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
    });
    expect(world.touched()).toEqual([]);
  });
});
