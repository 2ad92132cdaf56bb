import { readLocalView, readNodes } from '../../../src/elasticsearch/looks/nodes';
import { readHealth } from '../../../src/elasticsearch/looks/health';
import { lookAtRest } from '../../../src/elasticsearch/looks/picture';
import { reachCluster, reachSide } from '../../../src/elasticsearch/looks/reach';
import { readVoting } from '../../../src/elasticsearch/quorum';
import { readShards } from '../../../src/elasticsearch/shards/table';
import { readVolume } from '../../../src/elasticsearch/looks/documents';
import * as lies from '../../support/cluster/lies';
import type { Lie } from '../../support/cluster/cluster';
import { BEFORE, simulatedWorld, type Stage } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

function clientOf(stage: Stage, ...told: Lie[]) {
  const { cluster } = simulatedWorld(stage, { lies: told });
  return { cluster, client: cluster.access.via('old-1') };
}

describe('lookAtRest', () => {
  test('finds nothing wrong with a cluster at rest, asked after its queue was done', async () => {
    const { cluster, client } = clientOf('replicated');
    expect(await lookAtRest(client)).toMatchObject({ problems: [], health: { status: 'green' } });
    const [settled, again] = cluster.asked.filter(({ path }) => lies.HEALTH.test(path));
    expect(settled?.query.get('wait_for_events')).toBe('languid');
    expect(again?.query.get('wait_for_events')).toBeNull();
  });

  test('believes a queue that is not done, and does not ask again', async () => {
    const waiting: Lie = (asked, truth) =>
      asked.query.has('wait_for_events') ? lies.health({ timed_out: true })(asked, truth) : undefined;
    const { client } = clientOf('replicated', waiting);
    expect((await lookAtRest(client)).problems).toEqual(['health timed out']);
  });

  test.each([
    ['shorter', lies.tableWithout('orders'), 'the shard table has 3 copies where health counts 5'],
    ['longer', lies.health({ active_shards: 4 }), 'the shard table has 5 copies where health counts 4'],
    [
      'empty',
      lies.about(
        lies.TABLE,
        lies.but((answer) => delete answer.routing_table),
      ),
      /has 0 copies/,
    ],
  ])('a table that is %s than health counts proves nothing', async (_what, lie, problem) => {
    const { problems } = await lookAtRest(clientOf('replicated', lie).client);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test('takes a copy that does not say how large it is for no empty one', async () => {
    const silent = lies.about(
      /^\/_stats\/store$/,
      lies.but((answer) => (answer._shards = { failed: 2 })),
    );
    await expect(readShards(clientOf('replicated', silent).client)).rejects.toThrow(
      '2 copies did not say how large they are',
    );
  });

  test('tells every copy, and where one is going', async () => {
    const { cluster, client } = clientOf('replicated');
    cluster.tell(lies.copy(cluster, 'orders', 'new-1', { state: 'RELOCATING', relocating_node: 'new-2' }));
    expect((await readShards(client)).find(({ node }) => node === 'new-1')).toMatchObject({ movingTo: 'new-2' });
  });

  test.each(['node', 'relocating_node'] as const)('does not take a %s that it can not name for nobody', async (key) => {
    const { cluster, client } = clientOf('replicated');
    cluster.tell(lies.copy(cluster, 'orders', 'new-1', { state: 'RELOCATING', relocating_node: 'new-2', [key]: 'x' }));
    await expect(readShards(client)).rejects.toThrow(/copy on node \S+, which is not among/);
  });
});

test('health that only lacks a master is asked for once more', async () => {
  const once = clientOf('replicated', lies.about(lies.HEALTH, lies.atFirst(1, lies.redWithoutMaster)));
  expect(await readHealth(once.client)).toMatchObject({ status: 'green' });
  await expect(readHealth(clientOf('replicated', lies.redWithoutMaster).client)).rejects.toThrow(/no elected master/);
  const primary = lies.health({ status: 'red', unassigned_shards: 1 });
  expect(await readHealth(clientOf('replicated', primary).client)).toMatchObject({ status: 'red' });
});

test('nodes that do not answer for themselves are not left out', async () => {
  const lie = lies.about(
    lies.NODES,
    lies.but((answer) => (answer._nodes = { total: 4, successful: 3, failed: 1 })),
  );
  await expect(readNodes(clientOf('replicated', lie).client)).rejects.toThrow('1 of 4 nodes did not answer');
});

test('shards that do not say how much they hold are not left out', async () => {
  const { cluster, client } = clientOf('replicated');
  cluster.documents.failed = 1;
  await expect(readVolume(client)).rejects.toThrow('1 shards did not say');
});

describe.each(['7.17.28', '8.19.1'])('who votes, in a cluster of %s', (version) => {
  const at = (stage: Stage) => {
    const { cluster } = simulatedWorld(stage, { version });
    return { cluster, client: cluster.access.via('old-1') };
  };

  test('is told with names', async () => {
    const { cluster, client } = at('replicated');
    cluster.state.voteless.push('of-others');
    expect(await readVoting(client)).toEqual({
      clusterUuid: 'uuid',
      master: 'old-1',
      term: 1,
      voters: ['old-1', 'old-2'],
      gone: [],
      excluded: ['new-1', 'new-2', 'of-others'],
      eligible: ['new-1', 'new-2', 'old-1', 'old-2'],
    });
  });

  test('is an id where the node is not there', async () => {
    const { cluster, client } = at('replicated');
    cluster.tell(lies.voting(cluster, ['old-1', 'gone']));
    expect(await readVoting(client)).toMatchObject({ voters: ['gone', 'old-1'], gone: ['gone'] });
  });

  test.each([
    ['one more is accepted', ['old-1'], ['old-1', 'old-2']],
    ['one less is accepted', ['old-1', 'old-2'], ['old-1']],
    ['another is accepted', ['old-1'], ['new-1']],
    ['none is committed', [], []],
  ])('is not known while %s', async (_what, committed, accepted) => {
    const { cluster, client } = at('replicated');
    cluster.tell(lies.voting(cluster, committed, accepted));
    await expect(readVoting(client)).rejects.toThrow('the voting configuration is being changed');
  });

  test('is not known without a master', async () => {
    const { cluster, client } = at('replicated');
    cluster.tell(lies.master(cluster, null));
    await expect(readVoting(client)).rejects.toThrow(/can't be understood/);
  });
});

test.each(['6.8.23', '10.1.0', 'unknown'])('a cluster of %s is not guessed at', async (version) => {
  const { cluster } = simulatedWorld('replicated', { version });
  await expect(readVoting(cluster.access.via('old-1'))).rejects.toThrow();
});

describe('reachSide', () => {
  const alone: [string, (cluster: ReturnType<typeof clientOf>['cluster']) => Lie, RegExp][] = [
    ['has another cluster’s uuid', () => lies.from('new-1', lies.otherUuid()), /new-1 belongs to another cluster/],
    ['is in a cluster of its own', (cluster) => lies.clusterOfItsOwn(cluster, 'new-1'), /new-1 belongs to another/],
    ['knows no master', (cluster) => lies.from('new-1', lies.master(cluster, null)), /new-1 knows no elected master/],
    ['does not answer', () => lies.from('new-1', lies.lost), /new-1: .*socket hang up/],
    ['answers html', () => lies.from('new-1', lies.html), /new-1: .*can't be understood/],
  ];
  test.each(alone)('passes over a node that %s, and says so where there is no other', async (_what, lie, said) => {
    const world = simulatedWorld('replicated');
    world.cluster.tell(lie(world.cluster));
    expect(await reachSide(world.scope, 'new')).toMatchObject({ host: 'new-2', side: 'new' });
    world.cluster.tell(lies.from('new-2', lies.lost));
    await expect(reachSide(world.scope, 'new')).rejects.toThrow(said);
    expect(await reachCluster(world.scope, 'new')).toMatchObject({ host: 'old-1', side: 'old' });
    world.cluster.tell(lies.lost);
    await expect(reachCluster(world.scope, 'new')).rejects.toThrow(/no new node.*no old node/);
  });

  test('takes any uuid until join has kept the right one, and asks the hub only until it knows it', async () => {
    const world = simulatedWorld('joined');
    let asked = 0;
    const records = world.hosts.records.get('hub');
    world.hosts.kept = async () => ((asked += 1), Object.fromEntries(records ?? []));
    const before = records?.get(BEFORE);
    records?.delete(BEFORE);
    await reachSide(world.scope, 'old');
    await reachSide(world.scope, 'old');
    records?.set(BEFORE, before);
    await reachSide(world.scope, 'old');
    await reachSide(world.scope, 'old');
    expect(asked).toBe(3);
  });

  test('passes nobody over for that while the hub can not tell which cluster it is', async () => {
    const world = simulatedWorld('joined');
    world.hosts.kept = async () => {
      throw new Error('hub: no route to host');
    };
    expect((await reachSide(world.scope, 'old')).host).toBe('old-1');
  });
});

test('what one node knows itself is told without the master', async () => {
  const { cluster, client } = clientOf('replicated');
  expect(await readLocalView(client)).toMatchObject({ clusterUuid: 'uuid', master: 'old-1' });
  expect(cluster.asked.at(-1)?.query.get('local')).toBe('true');
});
