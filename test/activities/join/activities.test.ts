import { createJoinActivities } from '../../../src/activities/join/activities';
import { createRollbackActivities } from '../../../src/activities/rollback/activities';
import { FAILURES } from '../../../src/contract/failures';
import { NOT_OURS, unreadable, UNREST, type Bad } from '../../support/cluster/bad';
import * as lies from '../../support/cluster/lies';
import { BEFORE, simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const view = (host: string, change: (nodes: Record<string, { name: string; transport_address: string }>) => void) =>
  lies.from(
    host,
    lies.about(
      lies.VIEW,
      lies.but(({ nodes }) => change(nodes)),
    ),
  );

/** What keeps old and new nodes from being one cluster at rest. */
const APART: Bad[] = [
  ...unreadable({ 'what a node knows': lies.VIEW, health: lies.HEALTH, nodes: lies.NODES, 'who votes': lies.VOTING }),
  ...UNREST.filter(([what]) => !what.includes('table')),
  ...NOT_OURS,
  ['a node that does not see another', (w) => w.cluster.tell(view('new-2', (nodes) => delete nodes['id-old-1']))],
  ['a node that sees a stranger', (w) => w.cluster.tell(view('old-2', (nodes) => (nodes.x = stranger)))],
  [
    'a node that sees another at its address on the bridge',
    (w) => w.cluster.tell(view('old-2', (nodes) => Object.assign(nodes['id-new-1'] ?? {}, moved))),
  ],
  ['one node of another cluster', (w) => w.cluster.tell(lies.from('old-2', lies.otherUuid()))],
  ['one node in a cluster of its own', (w) => w.cluster.tell(lies.clusterOfItsOwn(w.cluster, 'old-2'))],
  ['one node that does not answer', (w) => w.cluster.tell(lies.from('new-2', lies.lost))],
  [
    'a node that publishes another address for http',
    (w) => (w.cluster.state.nodes = w.cluster.state.nodes.map((node) => ({ ...node, http: '198.19.0.11:9200' }))),
  ],
  ['two voting configurations', (w) => w.cluster.tell(lies.voting(w.cluster, w.cluster.state.voters, ['new-1']))],
];
const stranger = { name: 'stranger', transport_address: '198.18.9.9:9300' };
const moved = { transport_address: '198.19.0.12:9300' };

const votesOf = (names: string[]): Bad => [
  `votes of ${names.join(', ')}`,
  ({ cluster }) => cluster.tell(lies.voting(cluster, names)),
];
const masterIs = (name: string): Bad => [
  `the master ${name}`,
  ({ cluster }) => cluster.tell(lies.master(cluster, name)),
];

describe('proveJoin', () => {
  test('holds when all nodes see all nodes and only old ones vote', async () => {
    const { deps } = simulatedWorld('joined');
    await expect(createJoinActivities(deps).proveJoin()).resolves.toMatchObject({
      facts: { nodes: 4, voters: 'old-1, old-2', master: 'old-1' },
    });
  });

  test.each([...APART, votesOf(['old-1', 'new-1']), votesOf(['new-1']), masterIs('new-1')])(
    'does not hold with %s',
    async (_what, change) => {
      const world = simulatedWorld('joined');
      change(world);
      await expect(createJoinActivities(world.deps).proveJoin()).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
      expect(world.touched()).toEqual([]);
    },
  );
});

describe('proveRejoined', () => {
  const prove = ({ deps }: World) => createRollbackActivities(deps).proveRejoined({ hosts: ['old-1', 'old-2'] });

  test('holds when stopped nodes see every node that is in, and only new ones vote', async () => {
    await expect(prove(simulatedWorld('switched'))).resolves.toMatchObject({ facts: { nodes: 2 } });
  });

  test('holds while a new node is lost and shards have no place: the cure must not wait for what is left', async () => {
    const world = simulatedWorld('switched');
    world.cluster.model.leave('new-2');
    world.cluster.tell(
      lies.voting(world.cluster, ['XnyjY', 'new-1', 'x']),
      lies.health({ status: 'yellow', unassigned_shards: 2 }),
    );
    await expect(prove(world)).resolves.toMatchObject({ facts: { nodes: 2 } });
  });

  const bad: Bad[] = [
    ...unreadable({ 'what a node knows': lies.VIEW, nodes: lies.NODES, 'who votes': lies.VOTING }),
    ...NOT_OURS,
    ['an old node that is not in', (w) => w.cluster.model.leave('old-2')],
    ['an old node that does not answer', (w) => w.cluster.tell(lies.from('old-2', lies.lost))],
    [
      'an old node that does not see another',
      (w) => w.cluster.tell(view('old-1', (nodes) => delete nodes['id-new-2'])),
    ],
    [
      'an old node that sees another at its address on the bridge',
      (w) => w.cluster.tell(view('old-2', (nodes) => Object.assign(nodes['id-new-1'] ?? {}, moved))),
    ],
    ['one node of another cluster', (w) => w.cluster.tell(lies.from('old-2', lies.otherUuid()))],
    ['one node in a cluster of its own', (w) => w.cluster.tell(lies.clusterOfItsOwn(w.cluster, 'old-2'))],
    votesOf(['old-1', 'new-1']),
    masterIs('old-1'),
  ];
  test.each(bad)('does not hold with %s', async (_, change) => {
    const world = simulatedWorld('switched');
    change(world);
    await expect(prove(world)).rejects.toMatchObject({ type: FAILURES.PROOF_FAILED });
    expect(world.touched()).toEqual([]);
  });
});

describe('prepareClusterForJoin', () => {
  test('keeps on the hub which cluster it is and how it is set, before anything is changed, and only once', async () => {
    const world = simulatedWorld('joined');
    world.hosts.records.clear();
    Object.assign(world.cluster.state.settings.transient, { 'a.b': '1' });
    const order: string[] = [];
    world.hosts.onKeep = (_host, name) => order.push(`${name} after ${world.cluster.changes.length} changes`);
    const { prepareClusterForJoin } = createJoinActivities(world.deps);
    await prepareClusterForJoin({ throughputMBps: 10 });
    const before = { persistent: {}, transient: { 'a.b': '1' }, clusterUuid: 'uuid', voteless: ['new-1', 'new-2'] };
    expect(world.hosts.records.get('hub')?.get(BEFORE)).toEqual(before);
    expect(order[0]).toBe(`${BEFORE} after 0 changes`);
    await prepareClusterForJoin({ throughputMBps: 20 });
    expect(world.hosts.records.get('hub')?.get(BEFORE)).toEqual(before);
  });

  const blind = unreadable({ 'what a node knows': lies.VIEW, settings: lies.SETTINGS, 'who votes': lies.VOTING });
  test.each([...blind, ...NOT_OURS])('with %s nothing is touched', async (_what, change) => {
    const world = simulatedWorld('joined');
    change(world);
    await expect(createJoinActivities(world.deps).prepareClusterForJoin({ throughputMBps: 10 })).rejects.toThrow();
    expect(world.touched()).toEqual([]);
  });
});
