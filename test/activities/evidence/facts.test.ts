import { createEvidenceActivities } from '../../../src/activities/evidence/activities';
import type { Evidence } from '../../../src/contract/evidence';
import type { GateName } from '../../../src/contract/phases';
import { COPY_BYTES, simulatedWorld, type Stage, type World } from '../../support/cluster/world';
import * as lies from '../../support/cluster/lies';
import {
  APPS,
  BOTH,
  CLIENTS,
  COUNTED,
  COUNTS,
  COVERED,
  FRONT_1,
  FRONT_2,
  GONE,
  HELD,
  NEW_VOTE,
  NODES,
  NO_MASTER,
  OLD_VOTE,
  PLAIN,
  REST,
  ROOM,
  SAMPLE,
  USE_FRONTS,
  VOLUME,
  SWITCHED,
  VOTERS,
  WAY_BACK,
  WHO_VOTES,
  WRITES,
  WRONG,
  made,
  missing,
  pinned,
  roomFor,
} from './worlds';

afterEach(() => jest.restoreAllMocks());

/** Every fact of each gate, in the order in which a person reads them. */
const FACTS: Record<string, string[]> = {
  'big-switch': [
    REST,
    BOTH,
    NODES,
    OLD_VOTE,
    HELD,
    COUNTED,
    FRONT_1,
    FRONT_2,
    PLAIN,
    APPS,
    WAY_BACK,
    SWITCHED,
    WRITES,
    COUNTS,
    SAMPLE,
  ],
  'drain:old-1': [
    REST,
    COVERED,
    CLIENTS,
    ROOM,
    NEW_VOTE,
    NO_MASTER,
    HELD,
    COUNTED,
    USE_FRONTS,
    APPS,
    FRONT_1,
    FRONT_2,
    WRITES,
    COUNTS,
    SAMPLE,
  ],
  teardown: [GONE, REST, VOTERS, COUNTED, USE_FRONTS, APPS, FRONT_1, FRONT_2, WRITES, COUNTS, SAMPLE],
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

const COPIES = /\/_stats\/docs$/;
const STORE = /^\/_stats\/store$/;
const DISKS = /^\/_cat\/allocation$/;
const INDICES = /^\/_cluster\/state\/metadata$/;

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
    [BOTH]: [lies.VIEW, lies.HEALTH, lies.TABLE, STORE, INDICES],
    [NODES]: [lies.VIEW, lies.NODES],
    [OLD_VOTE]: [lies.VIEW, lies.NODES, WHO_VOTES],
    [VOTERS]: [lies.VIEW, WHO_VOTES],
    [NEW_VOTE]: [lies.VIEW, lies.NODES, WHO_VOTES],
    [NO_MASTER]: [lies.VIEW, lies.NODES, WHO_VOTES],
    [COVERED]: [lies.VIEW, lies.HEALTH, lies.TABLE, STORE, INDICES],
    [ROOM]: [lies.VIEW, lies.TABLE, STORE, DISKS, INDICES, lies.SETTINGS, /^\/_recovery$/],
    [GONE]: [lies.VIEW, lies.NODES],
    [HELD]: [lies.VIEW, lies.NODES, INDICES, /^\/_recovery$/, /^\/_snapshot\/_status$/],
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

  test('how many voters may be lost is said', async () => {
    const { facts } = await gather(gate, () => undefined);
    const { seen } = facts.find(({ name }) => [OLD_VOTE, NEW_VOTE, VOTERS].includes(name)) ?? {};
    expect(seen).toMatch(/of which none may be lost/);
    if (gate === 'big-switch')
      expect(seen).toMatch(/after the switch 2 new nodes can vote, and none of them may be lost/);
  });

  test('what asks hosts does not hold while they are away', async () => {
    const isAway = () => {
      throw new Error('no route to host');
    };
    const evidence = await gather(gate, ({ hosts }) => {
      hosts.tell(isAway);
      hosts.recorded = isAway;
    });
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

describe('an index whose copies are all on the old side', () => {
  const seen = async (gate: GateName, secondsAgo: number) => {
    const { facts } = await gather(gate, (world) => made(world, 'logs-1', secondsAgo, ['old-1', 'old-2']));
    return facts.find(({ name }) => name === (gate === 'big-switch' ? BOTH : COVERED));
  };

  test.each<GateName>(['big-switch', 'drain:old-1'])(
    'is a remark at %s when it was made a moment ago',
    async (gate) => {
      expect(await seen(gate, 14)).toMatchObject({
        ok: true,
        seen: expect.stringMatching(
          /on its way: 1 younger than 120 s \(logs-1\/0; the oldest 14 s, together 977 KiB\)/,
        ),
      });
    },
  );

  test.each<GateName>(['big-switch', 'drain:old-1'])('keeps %s shut when it is older', async (gate) => {
    expect(await seen(gate, 120)).toMatchObject({
      ok: false,
      seen: expect.stringMatching(/logs-1\/0.*is brought over before each look/),
    });
  });
});

describe('what holds shards', () => {
  const seen = async (gate: GateName, change: (world: World) => void) =>
    (await gather(gate, change)).facts.find(({ name }) => name === HELD);

  test.each<GateName>(['big-switch', 'drain:old-1'])('is told at %s by name', async (gate) => {
    const held = await seen(gate, (world) => pinned(world, 'orders', 'old-1'));
    expect(held?.seen).toMatch(/^pinned to a node to be shrunk: orders to old-1; wait until lifecycle management/);
    expect(await seen(gate, (world) => pinned(world, 'orders', 'new-1'))).toMatchObject({ ok: true });
  });

  test('a snapshot is told, and no reason to wait', async () => {
    const saving = { snapshot: 'nightly-7', repository: 'backup', state: 'STARTED', indices: { orders: {} } };
    expect(await seen('drain:old-1', ({ cluster }) => void cluster.beforehand.snapshots.push(saving))).toEqual({
      ...{ name: HELD, ok: true },
      seen: 'a snapshot is being taken (nightly-7 to backup), and a primary moves when it is saved',
    });
  });
});

test('a drain has room for it with one byte more than needed', async () => {
  const evidence = await gather('drain:old-1', (world) => roomFor(world, COPY_BYTES + 1));
  expect(falseOnes(evidence)).toEqual([]);
});

describe('room for each copy', () => {
  const big = (world: World, bytes: number, index = 'big') => {
    const { table, indices } = world.cluster.state;
    indices.push({ name: index, open: true, settings: {} });
    table.push({ index, shard: 0, primary: true, state: 'STARTED', node: 'old-1', bytes });
  };
  const room = ({ cluster }: World, ...bytes: number[]) => {
    const nodes = cluster.state.disks.filter(({ node }) => node.startsWith('new-'));
    nodes.forEach((disk, i) => (disk.freeBytes = Math.ceil(disk.totalBytes * 0.15) + (bytes[i] ?? 0)));
  };
  const seen = ({ facts }: Evidence) => facts.find(({ name }) => name === ROOM);

  test('a drain has none where the free bytes lie on several nodes, and says which copies fit on no node', async () => {
    const evidence = await gather('drain:old-1', (world) => {
      big(world, 60 * COPY_BYTES);
      big(world, 50 * COPY_BYTES, 'other');
      room(world, 58 * COPY_BYTES, 55 * COPY_BYTES);
    });
    expect(seen(evidence)).toMatchObject({ ok: false });
    expect(seen(evidence)?.seen).toMatch(/; no new node has a place for big\/0 \(57\.2 MiB\)$/);
  });

  test('two copies of a shard share no node', async () => {
    const evidence = await gather('drain:old-1', (world) => room(world, 10 * COPY_BYTES, 0));
    expect(seen(evidence)?.seen).toMatch(/; no new node has a place for orders\/0/);
  });

  test('a replica for the time of the move needs no place: it is dropped', async () => {
    const evidence = await gather('drain:old-1', (world) => {
      room(world, 10 * COPY_BYTES, 0);
      const undo = { kind: 'index-settings', originals: { orders: {} }, planned: false };
      const record = { v: 1, id: 'temporary-replicas', phase: 'replicate', summary: 's', at: 'a', undo };
      world.hosts.records.get('hub')?.set('cluster-0001-temporary-replicas', record);
    });
    expect(seen(evidence)).toMatchObject({ ok: true });
  });
});

test('the last old node may be the elected master while it is drained, and no other', async () => {
  const last = (world: World) => {
    world.cluster.tell(lies.master(world.cluster, 'old-1'), missing('old-2'));
  };
  expect(falseOnes(await gather('drain:old-1', last))).toEqual([NEW_VOTE]);
});
