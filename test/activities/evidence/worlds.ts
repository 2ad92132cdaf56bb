import { frontLookScript } from '../../../src/activities/front/proof';
import { placed } from '../../support/cluster/bad';
import * as lies from '../../support/cluster/lies';
import { COPY_BYTES, type World } from '../../support/cluster/world';

export const REST = 'the cluster is green and at rest';
export const BOTH = 'every shard group has a copy on both sides';
export const NODES = 'all old and new nodes are in the cluster, and no others';
export const OLD_VOTE = 'only old nodes vote';
export const NEW_VOTE = 'only new nodes vote';
export const FRONT_1 = 'the front on new-1 answers every app host by https and password only';
export const FRONT_2 = 'the front on new-2 answers every app host by https and password only';
export const PLAIN = 'plain http still works on the old nodes';
export const APPS = 'every app is healthy';
export const USE_FRONTS = 'every app is configured to use the fronts only';
export const WAY_BACK = 'the way back is rehearsed on every app host';
export const VOTERS = 'how many voters may be lost is known';
/** What is asked to know who votes. */
export const WHO_VOTES = /^\/_cluster\/state\/metadata,master_node$/;
export const SWITCHED = 'no app is switched without this word';
export const COVERED = 'every shard on old-1 that has a replica has a started copy on the new side';
export const CLIENTS = 'no client is connected to old-1:9200 or :9300';
export const ROOM = 'the new nodes have room for what is on old-1';
export const NO_MASTER = 'old-1 is not the elected master, or it is the last old node';
export const GONE = 'no old node is in the cluster';
export const HELD = 'no restore or shrink holds shards on old nodes';
export const COUNTED = 'documents by index';
export const WRITES = 'every copy has every write';
export const COUNTS = 'copies hold the same number of documents';
export const SAMPLE = 'sampled documents are the same on both sides';

/** The question how many documents there are. */
export const VOLUME = /^\/_stats\/docs,store$/;

/** A world in which something is wrong, by what is wrong, and the facts that then do not hold: one, where that can be. */
export type Wrong = [what: string, facts: string[], change: (world: World) => void];

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
const rehearsal = (_world: World, script: string) => script.includes('undo.sh');
const check = (world: World, script: string) =>
  script.includes(world.plan.hosts.apps[1]?.check ?? '') && !rehearsal(world, script);
const front = (from: string, to: string) => (world: World) =>
  world.hosts.tell((host, script) => {
    const scripts = [frontLookScript(world.plan), frontLookScript(world.plan, [])];
    if (host !== 'app-2' || !scripts.includes(script)) return undefined;
    const names = ['front\tnew-1', 'front\tnew-2', 'node\told-1', 'node\told-2'];
    const codes = ['\t200\t401\t401\trefused\t', '\t200\t\t\t\t'];
    const told = names.map((name) => `${name}${name.startsWith('front') ? codes[0] : codes[1]}`).join('\n');
    if (!told.includes(from)) throw new Error(`the hosts do not say ${from}`);
    return { stdout: told.replace(from, to) };
  });
const apps: Wrong[] = [
  ['the check of an app fails', [APPS], app2(check, 1)],
  ['the check of an app could not end', [APPS], app2(check, null)],
];
const fronts: Wrong[] = [
  ['a front does not answer', [FRONT_1], front('front\tnew-1\t200', 'front\tnew-1\t503')],
  ['a front takes any password', [FRONT_1], front('new-1\t200\t401', 'new-1\t200\t200')],
  ['a front asks for no password', [FRONT_2], front('new-2\t200\t401\t401', 'new-2\t200\t401\t200')],
  ['a front speaks TLS 1.1', [FRONT_2], front('new-2\t200\t401\t401\trefused', 'new-2\t200\t401\t401\tnot refused: ')],
  ['a front was not asked', [FRONT_1], front('front\tnew-1', 'front\tnobody')],
];
/** From the switch on. */
const onTheFronts: Wrong[] = [
  ...apps,
  ...fronts,
  [
    'the old file of an app was put back',
    [USE_FRONTS],
    ({ hosts }) => hosts.files.set('app-2', 'elasticsearch:\n  nodes: [http://198.18.1.11:9200]\n'),
  ],
  ['the file of an app is gone', [USE_FRONTS], ({ hosts }) => hosts.files.delete('app-2')],
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

function join({ cluster }: World, name: string): void {
  const node = { version: '7.17.28', roles: [], transport: '198.18.9.1:9300', http: '198.18.9.1:9200' };
  cluster.state.nodes.push({ ...node, id: `id-${name}`, name });
}

/** The new nodes have so many bytes of room below the watermark, all of them together. */
export function roomFor(world: World, bytes: number): void {
  const nodes = world.cluster.state.disks.filter(({ node }) => node.startsWith('new-'));
  nodes.forEach((disk, i) => (disk.freeBytes = Math.ceil(disk.totalBytes * (1 - 0.85)) + (i === 1 ? bytes : 0)));
}

/** An app has made an index, so many seconds ago; its copies are on these nodes. */
export function made({ cluster }: World, name: string, secondsAgo: number, on: string[]): void {
  const settings = { 'index.number_of_replicas': '1', 'index.creation_date': String(Date.now() - secondsAgo * 1000) };
  cluster.state.indices.push({ name, open: true, settings });
  on.forEach((node, i) =>
    cluster.state.table.push({ index: name, shard: 0, primary: i === 0, state: 'STARTED', node, bytes: COPY_BYTES }),
  );
}

/** Nodes are told without this one. */
export const missing = (name: string) =>
  lies.about(
    lies.NODES,
    lies.but((answer) => delete answer.nodes[`id-${name}`]),
  );

const untold: Wrong = [
  'a shard does not say what it holds',
  [COUNTED],
  ({ cluster }) =>
    cluster.tell(
      lies.about(
        VOLUME,
        lies.but((answer) => (answer._shards.failed = 1)),
      ),
    ),
];

const restoring: Wrong = [
  'an index is being restored',
  [HELD],
  ({ cluster }) =>
    cluster.tell(
      lies.about(/^\/_recovery$/, () => {
        const size = { total_in_bytes: 2, recovered_in_bytes: 1 };
        const shard = { id: 0, type: 'SNAPSHOT', stage: 'INDEX', source: {}, target: { name: 'new-1' } };
        const body = { 'restored-1': { shards: [{ ...shard, index: { size }, translog: { recovered: 0 } }] } };
        return { status: 200, body: JSON.stringify(body) };
      }),
    ),
];

/** An index is held on a node by its id, as before a shrink. */
export function pinned({ cluster }: World, index: string, node: string): void {
  const settings = cluster.state.indices.find(({ name }) => name === index)?.settings ?? {};
  settings['index.routing.allocation.require._id'] = `id-${node}`;
}

/** For each gate, worlds in which something is wrong. */
export const WRONG: Record<string, Wrong[]> = {
  'big-switch': [
    untold,
    restoring,
    ['an index is held on an old node', [HELD], (world) => pinned(world, 'orders', 'old-2')],
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
    [
      'an app has a record of a switch that this run has not made',
      [SWITCHED],
      ({ hosts }) => {
        const step = { host: '', phase: 'switch' as const, step: 'app-switch', summary: '', changed: true, at: '' };
        hosts.recorded = async ({ name }) => ({ steps: name === 'app-2' ? [step] : [] });
      },
    ],
    [
      'what an app host has recorded can not be read',
      [SWITCHED],
      ({ hosts }) => {
        hosts.recorded = async () => {
          throw new Error('no route to host');
        };
      },
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
    ...fronts,
    ['plain http does not work any more', [PLAIN], front('node\told-2\t200', 'node\told-2\t000')],
    ...apps,
    ['an app could not go back', [WAY_BACK], app2(rehearsal, 1)],
    ...data('old-1'),
  ],
  'drain:old-1': [
    untold,
    restoring,
    ['an index is held on an old node', [ROOM, HELD], (world) => pinned(world, 'orders', 'old-1')],
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
    ...onTheFronts,
    ...data('old-1'),
  ],
  teardown: [
    ['an old node is still there', [GONE], (world) => join(world, 'old-1')],
    ['a new node is missing', [GONE], ({ cluster }) => cluster.tell(missing('new-2'))],
    ['who votes is not told', [VOTERS], ({ cluster }) => cluster.tell(lies.about(WHO_VOTES, lies.html))],
    ...unrest([REST]),
    masterless([REST]),
    ['the shard table is too short', [REST], ({ cluster }) => cluster.tell(lies.tableWithout('sessions'))],
    untold,
    ...onTheFronts,
    ...data('new-2'),
  ],
};

function leaving(to: string) {
  return { state: 'RELOCATING', relocating_node: to };
}
