import { createEvidenceActivities } from '../../../src/activities/evidence/activities';
import { frontLookScript } from '../../../src/activities/front/proof';
import type { Evidence } from '../../../src/contract/evidence';
import type { GateName } from '../../../src/contract/phases';
import { COPY_BYTES, simulatedWorld, type Stage, type World } from '../../support/cluster/world';
import * as lies from '../../support/cluster/lies';

afterEach(() => jest.restoreAllMocks());

const REST = 'the cluster is green and at rest';
const BOTH = 'every shard group has a copy on both sides';
const NODES = 'all old and new nodes are in the cluster, and no others';
const OLD_VOTE = 'only old nodes vote';
const NEW_VOTE = 'only new nodes vote';
const FRONT_1 = 'the front on new-1 answers every app host by https and password only';
const FRONT_2 = 'the front on new-2 answers every app host by https and password only';
const PLAIN = 'plain http still works on the old nodes';
const APPS = 'every app is healthy';
const WAY_BACK = 'the way back is rehearsed on every app host';
const COVERED = 'every shard on old-1 that has a replica has a started copy on the new side';
const CLIENTS = 'no client is connected to old-1:9200';
const ROOM = 'the new nodes have room for what is on old-1';
const NO_MASTER = 'old-1 is not the elected master, or it is the last old node';
const GONE = 'no old node is in the cluster';
const COUNTED = 'documents by index';
const WRITES = 'every copy has every write';
const COUNTS = 'copies hold the same number of documents';
const SAMPLE = 'sampled documents are the same on both sides';

/** Every fact of each gate, in the order in which a person reads them. */
const FACTS: Record<string, string[]> = {
  'big-switch': [REST, BOTH, NODES, OLD_VOTE, FRONT_1, FRONT_2, PLAIN, APPS, WAY_BACK, WRITES, COUNTS, SAMPLE],
  'drain:old-1': [REST, COVERED, CLIENTS, ROOM, NEW_VOTE, NO_MASTER, APPS, WRITES, COUNTS, SAMPLE],
  teardown: [GONE, REST, COUNTED, WRITES, COUNTS, SAMPLE],
};
const STAGES: Record<string, Stage> = { 'big-switch': 'replicated', 'drain:old-1': 'switched', teardown: 'moved' };
const GATES = Object.keys(FACTS) as GateName[];

function gather(gate: GateName, change: (world: World) => void = () => undefined): Promise<Evidence> {
  const world = simulatedWorld(STAGES[gate] ?? 'joined');
  change(world);
  return createEvidenceActivities(world.deps).gatherEvidence({ gate });
}

const falseOnes = ({ facts }: Evidence) => facts.filter(({ ok }) => !ok).map(({ name }) => name);

test.each(GATES)('%s shows these facts and no others, and holds when all is well', async (gate) => {
  const evidence = await gather(gate);
  expect(evidence.facts.map(({ name }) => name)).toEqual(FACTS[gate]);
  expect(falseOnes(evidence)).toEqual([]);
  expect(evidence.holds).toBe(true);
  expect(evidence.data).toMatchObject({ different: [], notCompared: [] });
});

/** A world in which something is wrong, by what is wrong, and the facts that then do not hold: one, where that can be. */
type Wrong = [what: string, facts: string[], change: (world: World) => void];

const unrest = (facts: string[]): Wrong[] => [
  ['a task is pending', facts, ({ cluster }) => cluster.tell(lies.health({ number_of_pending_tasks: 1 }))],
  ['a shard is on its way', facts, ({ cluster }) => cluster.tell(lies.health({ relocating_shards: 1 }))],
  ['a copy is being made', facts, ({ cluster }) => cluster.tell(lies.health({ initializing_shards: 1 }))],
  ['a copy is nowhere', facts, ({ cluster }) => cluster.tell(lies.health({ unassigned_shards: 1 }))],
  ['it is yellow', facts, ({ cluster }) => cluster.tell(lies.health({ status: 'yellow' }))],
  ['health timed out', facts, ({ cluster }) => cluster.tell(lies.health({ timed_out: true }))],
];
const masterless = (facts: string[]): Wrong => [
  'it is red for want of a master',
  facts,
  ({ cluster }) => cluster.tell(lies.redWithoutMaster),
];
const app2 = (says: (world: World, script: string) => boolean, code: number | null) => (world: World) =>
  world.hosts.tell((host, script) => (host === 'app-2' && says(world, script) ? { code, stderr: 'no' } : undefined));
const check = ({ plan }: World, script: string) => script === plan.hosts.apps[1]?.check;
const rehearsal = (_world: World, script: string) => script.includes('undo.sh');
const front = (from: string, to: string) => (world: World) =>
  world.hosts.tell((host, script) => {
    if (host !== 'app-2' || script !== frontLookScript(world.plan)) return undefined;
    const names = ['front\tnew-1', 'front\tnew-2', 'old\told-1', 'old\told-2'];
    const codes = ['\t200\t401\t401\trefused\t', '\t200\t\t\t\t'];
    const told = names.map((name) => `${name}${name.startsWith('front') ? codes[0] : codes[1]}`).join('\n');
    if (!told.includes(from)) throw new Error(`the hosts do not say ${from}`);
    return { stdout: told.replace(from, to) };
  });
const apps: Wrong[] = [
  ['the check of an app fails', [APPS], app2(check, 1)],
  ['the check of an app could not end', [APPS], app2(check, null)],
];
/** Of the shard `orders`, whose copies are on these nodes. */
const data = (behind: string): Wrong[] => [
  ['a copy lacks writes', [WRITES], ({ cluster }) => (cluster.documents.copy('orders', 0, behind).localCheckpoint = 1)],
  ['a copy has a document more', [COUNTS], ({ cluster }) => (cluster.documents.copy('orders', 0, behind).unseen = 1)],
  [
    'a copy has another text',
    [SAMPLE],
    ({ cluster }) => cluster.documents.copy('orders', 0, behind).documents.set('orders-0-0', other),
  ],
  [
    'a copy lacks a document and has another instead',
    [SAMPLE],
    ({ cluster }) => {
      const held = cluster.documents.copy('orders', 0, behind);
      held.documents.delete('orders-0-0');
      held.unseen = 1;
    },
  ],
];
const other = { version: 1, seqNo: 0, text: 'another' };

/** A copy is on another node in truth. */
function placed(world: World, index: string, from: string, to: string): void {
  const copy = world.cluster.state.table.find((one) => one.index === index && one.node === from);
  if (!copy) throw new Error(`there is no copy of ${index} on ${from}`);
  copy.node = to;
}

function join({ cluster }: World, name: string): void {
  const node = { version: '7.17.28', roles: [], transport: '198.18.9.1:9300', http: '198.18.9.1:9200' };
  cluster.state.nodes.push({ ...node, id: `id-${name}`, name });
}

function roomFor(world: World, bytes: number): void {
  const nodes = world.cluster.state.disks.filter(({ node }) => node.startsWith('new-'));
  nodes.forEach((disk, i) => (disk.freeBytes = Math.ceil(disk.totalBytes * (1 - 0.85)) + (i === 0 ? bytes : 0)));
}

const missing = (name: string) =>
  lies.about(
    lies.NODES,
    lies.but((answer) => delete answer.nodes[`id-${name}`]),
  );

const WRONG: Record<string, Wrong[]> = {
  'big-switch': [
    ...unrest([REST, BOTH]),
    masterless([REST, BOTH]),
    ['the shard table is too short', [REST, BOTH], ({ cluster }) => cluster.tell(lies.tableWithout('sessions'))],
    ['both copies are on the old side', [BOTH], (world) => placed(world, 'orders', 'new-1', 'old-2')],
    ['both copies are on the new side', [BOTH], (world) => placed(world, 'orders', 'old-1', 'new-2')],
    [
      'the copy on the new side is being made',
      [BOTH],
      ({ cluster }) => cluster.tell(lies.copy(cluster, 'orders', 'new-1', { state: 'INITIALIZING' })),
    ],
    [
      'a copy leaves the old side for the new one',
      [BOTH],
      ({ cluster }) => cluster.tell(lies.copy(cluster, 'orders', 'old-1', leaving('new-2'))),
    ],
    [
      'the copy beside that of the new side is on a node of nobody',
      [BOTH, NODES],
      (world) => (join(world, 'stranger'), placed(world, 'orders', 'old-1', 'stranger')),
    ],
    [
      'the copy beside that of the old side is on a node of nobody',
      [BOTH, NODES],
      (world) => (join(world, 'stranger'), placed(world, 'orders', 'new-1', 'stranger')),
    ],
    ['a node is in no plan', [NODES], (world) => join(world, 'stranger')],
    ['a new node is missing', [NODES], ({ cluster }) => cluster.tell(missing('new-2'))],
    ['an old node is missing', [NODES, OLD_VOTE], ({ cluster }) => cluster.tell(missing('old-1'))],
    ['a new node votes too', [OLD_VOTE], ({ cluster }) => cluster.tell(lies.voting(cluster, ['old-1', 'new-1']))],
    ['a node of nobody votes too', [OLD_VOTE], ({ cluster }) => cluster.tell(lies.voting(cluster, ['old-1', 'xyz']))],
    ['a new node is the elected master', [OLD_VOTE], ({ cluster }) => cluster.tell(lies.master(cluster, 'new-1'))],
    [
      'the votes are on their way',
      [OLD_VOTE],
      ({ cluster }) => cluster.tell(lies.voting(cluster, ['old-1'], ['old-1', 'old-2'])),
    ],
    ['a front does not answer', [FRONT_1], front('front\tnew-1\t200', 'front\tnew-1\t503')],
    ['a front takes any password', [FRONT_1], front('new-1\t200\t401', 'new-1\t200\t200')],
    ['a front asks for no password', [FRONT_2], front('new-2\t200\t401\t401', 'new-2\t200\t401\t200')],
    [
      'a front speaks TLS 1.1',
      [FRONT_2],
      front('new-2\t200\t401\t401\trefused', 'new-2\t200\t401\t401\tnot refused: '),
    ],
    ['a front was not asked', [FRONT_1], front('front\tnew-1', 'front\tnobody')],
    ['plain http does not work any more', [PLAIN], front('old\told-2\t200', 'old\told-2\t000')],
    ...apps,
    ['an app could not go back', [WAY_BACK], app2(rehearsal, 1)],
    ...data('old-1'),
  ],
  'drain:old-1': [
    ...unrest([REST]),
    masterless([REST, COVERED]),
    ['the shard table is too short', [REST], ({ cluster }) => cluster.tell(lies.tableWithout('sessions'))],
    ['the other copy is on the old side', [COVERED], (world) => placed(world, 'orders', 'new-1', 'old-2')],
    [
      'the other copy is being made',
      [COVERED],
      ({ cluster }) => cluster.tell(lies.copy(cluster, 'orders', 'new-1', { state: 'INITIALIZING' })),
    ],
    [
      'an app is connected to it',
      [CLIENTS],
      ({ hosts }) =>
        hosts.tell((host, script) => {
          const line = '0 0 198.18.1.11:9200 198.18.1.201:5000\n';
          return host === 'old-1' && script.includes('ss -Htn') ? { stdout: line } : undefined;
        }),
    ],
    ['there is not one byte more room than needed', [ROOM], (world) => roomFor(world, COPY_BYTES)],
    ['an old node votes too', [NEW_VOTE], ({ cluster }) => cluster.tell(lies.voting(cluster, ['new-1', 'old-2']))],
    ['another old node is master', [NEW_VOTE], ({ cluster }) => cluster.tell(lies.master(cluster, 'old-2'))],
    ['it is master itself', [NEW_VOTE, NO_MASTER], ({ cluster }) => cluster.tell(lies.master(cluster, 'old-1'))],
    [
      'the votes are on their way',
      [NEW_VOTE, NO_MASTER],
      ({ cluster }) => cluster.tell(lies.voting(cluster, ['new-1'], ['new-1', 'old-1'])),
    ],
    ...apps,
    ...data('old-1'),
  ],
  teardown: [
    ['an old node is still there', [GONE], (world) => join(world, 'old-1')],
    ['a new node is missing', [GONE], ({ cluster }) => cluster.tell(missing('new-2'))],
    ...unrest([REST]),
    masterless([REST]),
    ['the shard table is too short', [REST], ({ cluster }) => cluster.tell(lies.tableWithout('sessions'))],
    [
      'a shard does not say what it holds',
      [COUNTED],
      ({ cluster }) =>
        cluster.tell(
          lies.about(
            VOLUME,
            lies.but((answer) => (answer._shards.failed = 1)),
          ),
        ),
    ],
    ...data('new-2'),
  ],
};

function leaving(to: string) {
  return { state: 'RELOCATING', relocating_node: to };
}

const VOLUME = /^\/_stats\/docs,store$/;
const COPIES = /\/_stats\/docs$/;
const STORE = /^\/_stats\/store$/;
const DISKS = /^\/_cat\/allocation$/;
const INDICES = /^\/_cluster\/state\/metadata$/;
const WHO_VOTES = /^\/_cluster\/state\/metadata,master_node$/;

describe.each(GATES)('%s', (gate) => {
  test.each(WRONG[gate] ?? [])('does not hold when %s: %j', async (_what, facts, change) => {
    const evidence = await gather(gate, change);
    expect(falseOnes(evidence)).toEqual(facts);
    expect(evidence.holds).toBe(false);
  });

  test('has a world for each fact in which it is the first that does not hold', () => {
    const told = new Set((WRONG[gate] ?? []).flatMap(([, facts]) => facts));
    expect([...told].sort()).toEqual([...(FACTS[gate] ?? [])].sort());
  });

  /** What each fact asks the cluster for. */
  const ASKS: Record<string, RegExp[]> = {
    [REST]: [lies.VIEW, lies.HEALTH, lies.TABLE, STORE],
    [BOTH]: [lies.VIEW, lies.HEALTH, lies.TABLE, STORE],
    [NODES]: [lies.VIEW, lies.NODES],
    [OLD_VOTE]: [lies.VIEW, lies.NODES, WHO_VOTES],
    [NEW_VOTE]: [lies.VIEW, lies.NODES, WHO_VOTES],
    [NO_MASTER]: [lies.VIEW, lies.NODES, WHO_VOTES],
    [COVERED]: [lies.VIEW, lies.HEALTH, lies.TABLE, STORE],
    [ROOM]: [lies.VIEW, lies.TABLE, STORE, DISKS, INDICES, lies.SETTINGS, /^\/_recovery$/],
    [GONE]: [lies.VIEW, lies.NODES],
    [COUNTED]: [lies.VIEW, VOLUME],
    [WRITES]: [lies.VIEW, lies.TABLE, lies.NODES, COPIES],
    [COUNTS]: [lies.VIEW, lies.TABLE, lies.NODES, COPIES],
    [SAMPLE]: [lies.VIEW, lies.TABLE, lies.NODES, COPIES, /_search$/, /_mget$/],
  };
  const unreadable = { 503: lies.status(503), 429: lies.status(429), 401: lies.status(401) };
  const broken = { html: lies.html, 'another shape': lies.wrongShape, nothing: lies.empty };
  const cut = { 'half an answer': lies.cutOff, 'a lost connection': lies.lost };
  const asked = (FACTS[gate] ?? []).flatMap((fact) => ASKS[fact] ?? []);
  const paths = [...new Set(asked.map(({ source }) => source))];
  const all = Object.entries({ ...unreadable, ...broken, ...cut });

  test.each(paths)('what asks %s does not hold while that is not answered', async (source) => {
    const blind = (FACTS[gate] ?? []).filter((fact) => ASKS[fact]?.some((path) => path.source === source));
    for (const [what, lie] of all) {
      const evidence = await gather(gate, ({ cluster }) => cluster.tell(lies.about(new RegExp(source), lie)));
      expect([what, falseOnes(evidence)]).toEqual([what, expect.arrayContaining(blind)]);
      expect(evidence.holds).toBe(false);
    }
  });

  test('what asks hosts does not hold while they are away', async () => {
    const evidence = await gather(gate, ({ hosts }) =>
      hosts.tell(() => {
        throw new Error('no route to host');
      }),
    );
    expect(falseOnes(evidence)).toEqual((FACTS[gate] ?? []).filter((fact) => ASKS[fact] === undefined));
  });

  test('does not believe a node that answers for a cluster of its own, where all looks done', async () => {
    const alone = (nodes: string[]) =>
      gather(gate, ({ cluster }) => cluster.tell(...nodes.map((node) => lies.clusterOfItsOwn(cluster, node))));
    // Of two the other one is asked.
    expect((await alone(['new-1'])).facts).toEqual((await gather(gate)).facts);
    expect(falseOnes(await alone(['new-1', 'new-2']))).toEqual(
      (FACTS[gate] ?? []).filter((fact) => ASKS[fact] !== undefined),
    );
  });
});

test('a drain has room for it with one byte more than needed', async () => {
  const evidence = await gather('drain:old-1', (world) => roomFor(world, COPY_BYTES + 1));
  expect(falseOnes(evidence)).toEqual([]);
});

test('the last old node may be the elected master while it is drained, and no other', async () => {
  const last = (world: World) => {
    world.cluster.tell(lies.master(world.cluster, 'old-1'), missing('old-2'));
  };
  expect(falseOnes(await gather('drain:old-1', last))).toEqual([NEW_VOTE]);
});
