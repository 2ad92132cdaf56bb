import { createDrainActivities } from '../../../src/activities/drain/activities';
import { FAILURES } from '../../../src/contract/failures';
import { EXCLUDE_BY_NAME } from '../../../src/elasticsearch/settings/exclusions';
import { NOT_OURS, placed, unreadable, UNREST, type Bad } from '../../support/cluster/bad';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

/** old-1 is empty, excluded and without a vote: all that is left is to stop it. */
function drained(): World {
  const world = simulatedWorld('switched');
  placed(world, 'orders', 'old-1', 'old-2');
  world.cluster.state.settings.persistent[EXCLUDE_BY_NAME] = 'old-1';
  return world;
}

const QUESTIONS = {
  'what the node knows': lies.VIEW,
  health: lies.HEALTH,
  'the shard table': lies.TABLE,
  settings: lies.SETTINGS,
  nodes: lies.NODES,
  'who votes': lies.VOTING,
};

const coming = (state: string, relocating: string | null): Bad[1] => {
  return ({ cluster }) => cluster.tell(lies.copy(cluster, 'products', 'old-2', { state, relocating_node: relocating }));
};

/** What speaks against stopping the node, beside what speaks against any proof. */
const HOLDS_SOMETHING: Bad[] = [
  ['a shard on the node', (world) => placed(world, 'orders', 'old-2', 'old-1')],
  ['a shard that is on its way to the node', coming('RELOCATING', 'old-1')],
  ['no exclusion', ({ cluster }) => delete cluster.state.settings.persistent[EXCLUDE_BY_NAME]],
  ['an exclusion of others above ours', ({ cluster }) => (cluster.state.settings.transient[EXCLUDE_BY_NAME] = 'old-2')],
];
const DECIDES: Bad[] = [
  ['that it still votes', ({ cluster }) => cluster.tell(lies.voting(cluster, ['new-1', 'new-2', 'old-1']))],
  ['that it is the elected master', ({ cluster }) => cluster.tell(lies.master(cluster, 'old-1'))],
  ['two voting configurations', ({ cluster }) => cluster.tell(lies.voting(cluster, ['new-1'], ['new-1', 'old-1']))],
  ['no voting configuration', ({ cluster }) => cluster.tell(lies.voting(cluster, []))],
];
const UNSEEN: Bad = [
  'nodes without it while health is not good',
  ({ cluster }) => cluster.tell(withoutNode('old-1'), lies.health({ status: 'yellow', unassigned_shards: 1 })),
];

function withoutNode(name: string) {
  return lies.about(
    lies.NODES,
    lies.but((answer) => delete answer.nodes[`id-${name}`]),
  );
}

describe('stopNode', () => {
  test('stops a node that is drained, and waits until it is gone', async () => {
    const world = drained();
    const entries = await createDrainActivities(world.deps).stopNode({ host: 'old-1' });
    expect(entries).toMatchObject([{ host: 'old-1', step: 'elasticsearch-stopped' }]);
    expect(world.touched()).toEqual(['old-1: elasticsearch-stopped']);
  });

  test('takes its vote first, where it has one', async () => {
    const world = drained();
    world.cluster.state.voteless = ['old-2'];
    await createDrainActivities(world.deps).stopNode({ host: 'old-1' });
    expect(world.touched()).toEqual(['old-1: elasticsearch-stopped', 'POST /_cluster/voting_config_exclusions']);
    expect(world.cluster.state.voteless).toEqual(['old-2', 'old-1']);
  });

  const bad = [...unreadable(QUESTIONS), ...UNREST, ...NOT_OURS, ...HOLDS_SOMETHING, ...DECIDES, UNSEEN];
  test.each(bad)('with %s nothing is touched', async (_what, change) => {
    const world = drained();
    change(world);
    await expect(createDrainActivities(world.deps).stopNode({ host: 'old-1' })).rejects.toThrow();
    expect(world.touched()).toEqual([]);
  });

  test('may be tried again after the node has left', async () => {
    const world = drained();
    world.cluster.model.leave('old-1');
    await createDrainActivities(world.deps).stopNode({ host: 'old-1' });
    expect(world.touched()).toEqual(['old-1: elasticsearch-stopped']);
  });

  const afterwards: Bad[] = [
    ['the node stays', (world) => (world.hosts.onStep = () => undefined)],
    ...[...UNREST, ...NOT_OURS].map(([what, change]): Bad => [what, (w) => (w.hosts.onStep = () => left(w, change))]),
  ];
  const left = (world: World, change: Bad[1]) => (world.cluster.model.leave('old-1'), change(world));
  test.each(afterwards)('is not done when afterwards there is %s', async (_what, change) => {
    const world = drained();
    change(world);
    await expect(createDrainActivities(world.deps).stopNode({ host: 'old-1' })).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
    });
  });

  test('of a new node asks the old side', async () => {
    const world = simulatedWorld('replicated');
    placed(world, 'orders', 'new-1', 'old-2');
    world.cluster.state.settings.persistent[EXCLUDE_BY_NAME] = 'new-1';
    await createDrainActivities(world.deps).stopNode({ host: 'new-1' });
    expect(world.touched()).toEqual(['new-1: elasticsearch-stopped']);
    expect(world.cluster.asked.filter(({ host }) => host.startsWith('new'))).toEqual([]);
  });
});

describe('proveDrained', () => {
  function gone(): World {
    const world = drained();
    world.cluster.model.leave('old-1');
    return world;
  }
  test.each(['inactive', 'failed'])('holds when the service is %s and the node is gone', async (state) => {
    const world = gone();
    world.hosts.services.set('old-1', state);
    await expect(createDrainActivities(world.deps).proveDrained({ host: 'old-1' })).resolves.toMatchObject({
      proven: 'old-1 is stopped and gone from the cluster, which is green with 3 nodes.',
    });
  });

  const service = (state: string): Bad => [`a service that is "${state}"`, (w) => w.hosts.services.set('old-1', state)];
  const states = ['active', 'activating', 'deactivating', 'reloading', 'unknown', 'maintenance', ''];
  const code = (value: number | null): Bad => [
    `the exit code ${value}`,
    ({ hosts }) => hosts.tell((host) => (host === 'old-1' ? { code: value, stdout: 'inactive\n' } : undefined)),
  ];
  const bad: Bad[] = [
    ...unreadable({
      'what the node knows': lies.VIEW,
      health: lies.HEALTH,
      'the table': lies.TABLE,
      nodes: lies.NODES,
    }),
    ...UNREST,
    ...NOT_OURS,
    ...states.map(service),
    code(null),
    code(1),
    [
      'a host that is away',
      ({ hosts }) =>
        hosts.tell(() => {
          throw new Error('no route to host');
        }),
    ],
    ['a node that is back', ({ cluster }) => cluster.model.join({ ...node('old-1'), diskBytes: 1, freeBytes: 1 })],
  ];
  const node = (name: string) => ({ id: name, name, version: '7.17.28', roles: ['data'], transport: 'x', http: 'x' });
  test.each(bad)('does not hold with %s', async (_what, change) => {
    const world = gone();
    change(world);
    await expect(createDrainActivities(world.deps).proveDrained({ host: 'old-1' })).rejects.toThrow();
    expect(world.touched()).toEqual([]);
  });
});

describe('drain', () => {
  const tables = ({ cluster }: World) => cluster.asked.filter(({ path }) => lies.TABLE.test(path)).length;

  test('is done when the proof has held three times in a row', async () => {
    const world = drained();
    await expect(createDrainActivities(world.deps).drain({ host: 'old-1' })).resolves.toMatchObject({ done: true });
    expect(tables(world)).toBe(1 + 3);
  });

  test('begins to count anew when a shard comes back at the second proof', async () => {
    const world = drained();
    const back = lies.but((answer) => {
      for (const { shards } of Object.values<any>(answer.routing_table.indices)) shards[0][0].node = 'id-old-1';
    });
    world.cluster.tell(lies.about(lies.TABLE, lies.after(2, lies.atFirst(1, back))));
    await expect(createDrainActivities(world.deps).drain({ host: 'old-1' })).resolves.toMatchObject({ done: true });
    expect(tables(world)).toBe(3 + 1 + 3);
  });

  const onItsWay: Bad = ['a shard on its way to the node', coming('RELOCATING', 'old-1')];
  const never = [...unreadable(QUESTIONS), ...UNREST, ...NOT_OURS, onItsWay];
  // Who votes is not asked before the node is to be stopped, nor which nodes there are.
  const asked = never.filter(([what]) => !/who votes|nodes$/.test(what));
  test.each(asked)('is never done with %s', async (_what, change) => {
    const world = drained();
    change(world);
    const done = await createDrainActivities(world.deps)
      .drain({ host: 'old-1' })
      .then(
        (progress) => progress.done,
        () => false,
      );
    expect(done).toBe(false);
  });

  test('keeps the node empty before it is called done', async () => {
    const world = drained();
    delete world.cluster.state.settings.persistent[EXCLUDE_BY_NAME];
    await expect(createDrainActivities(world.deps).drain({ host: 'old-1' })).resolves.toMatchObject({ done: true });
    expect(world.cluster.state.settings.persistent[EXCLUDE_BY_NAME]).toBe('old-1');
  });
});

describe('excludeNodes', () => {
  test('records all, then excludes all by one request: with one excluded alone its shards would go to the next', async () => {
    const world = simulatedWorld('switched');
    const requests: number[] = [];
    world.hosts.onKeep = () => requests.push(world.cluster.changes.length);
    const { excludeNodes } = createDrainActivities(world.deps);
    const entries = await excludeNodes({ hosts: ['new-1', 'new-2'] });
    expect(entries.map(({ step }) => step)).toEqual(['exclude-new-1', 'exclude-new-2']);
    expect(requests).toEqual([0, 0]);
    expect(world.cluster.changes).toEqual(['PUT /_cluster/settings']);
    await excludeNodes({ hosts: ['new-1', 'new-2'] });
    expect(world.cluster.changes).toHaveLength(1);
  });
});
