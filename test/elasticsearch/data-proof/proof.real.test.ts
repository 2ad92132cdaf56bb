import type { Client } from '@elastic/elasticsearch';
import { dataFacts, type DataFacts } from '../../../src/elasticsearch/data-proof/proof';
import type { Deps } from '../../../src/activities/deps';
import type { Scope } from '../../../src/elasticsearch/scope';
import type { GateName } from '../../../src/contract/phases';
import { compare } from '../../../src/elasticsearch/data-proof/compare';
import { readNodes } from '../../../src/elasticsearch/looks/nodes';
import { readDocuments } from '../../../src/elasticsearch/data-proof/sample-documents';
import { RealCluster } from '../real-cluster';
import { testDeps, testPlan } from '../world';
import { startWriter } from './writer';

const OLD = { name: 'old-1', address: '127.0.5.11' };
const NEW = [
  { name: 'new-1', address: '127.0.6.11' },
  { name: 'new-2', address: '127.0.6.12' },
];
const ALL = [OLD, ...NEW];
const DOCS = 300;

/** Data of a real cluster is compared: while it is written to, whatever its indices are like, and when a node hangs. */
describe('the data proof on a real cluster', () => {
  let cluster: RealCluster;
  let client: Client;
  let world: { deps: Deps; scope: Scope };

  const fill = async (index: string, body: object = {}, document: (n: number) => object = (n) => ({ n })) => {
    await client.indices.create({ index, ...body });
    const operations = Array.from({ length: DOCS }, (_, n) => {
      const { routing, ...rest } = document(n) as { routing?: string };
      return [{ index: { _index: index, _id: String(n), ...(routing !== undefined && { routing }) } }, rest];
    }).flat();
    expect((await client.bulk({ operations })).errors).toBe(false);
  };
  const proof = (gate: GateName) => dataFacts(world.deps, world.scope, gate);
  const oks = ({ facts }: DataFacts) => facts.map(({ ok }) => ok);
  const seen = ({ facts }: DataFacts) => facts.map((fact) => fact.seen).join('\n');

  beforeAll(async () => {
    cluster = await RealCluster.make('7.17.28');
    const seeds = ALL.map((node) => node.address);
    const masters = NEW.map((node) => node.name);
    for (const node of ALL) cluster.start(node, seeds, [...masters, OLD.name]);
    // Other tests may keep the machine busy while three nodes start.
    await cluster.waitForNode(NEW[0]!, 3, 400);
    client = cluster.client(NEW[0]!);
    // A copy of each shard on the old node, and one on a new one.
    const both = (settings: object = {}) => ({ settings: { number_of_shards: 2, number_of_replicas: 2, ...settings } });
    await fill('orders', both());
    await fill('.kept-hidden', both({ hidden: true }));
    await fill('routed', both(), (n) => ({ n, routing: `r${n % 7}` }));
    await fill(
      'nested',
      {
        ...both(),
        mappings: { properties: { lines: { type: 'nested' } } },
      },
      (n) => ({ lines: [{ n }, { n: n + 1 }] }),
    );
    await fill('sourceless', { ...both(), mappings: { _source: { enabled: false } } });
    await fill('shut', both());
    await fill('single', { settings: { number_of_shards: 3, number_of_replicas: 0 } });
    const green = async () => {
      const { timed_out } = await client.cluster.health({
        ...{ wait_for_status: 'green', wait_for_no_initializing_shards: true, timeout: '120s' },
      });
      expect(timed_out).toBe(false);
    };
    // An index whose copies are still on their way is not closed, and the answer is no error.
    await green();
    const { acknowledged } = await client.indices.close({ index: 'shut' });
    expect(acknowledged).toBe(true);
    await green();
    const plan = testPlan([OLD], NEW, {
      elasticsearch: { clusterName: 'real', httpPort: cluster.httpPort, transportPort: cluster.transportPort },
    });
    world = await testDeps(plan);
  }, 500_000);

  afterAll(async () => {
    await client?.close();
    await world?.scope.cluster.close();
    await cluster?.close();
  }, 60_000);

  it.each<[GateName, [string, string]]>([
    ['big-switch', ['the old side', 'the new side']],
    ['drain:old-1', ['old-1', 'the new side']],
    ['teardown', ['each primary', 'another copy']],
  ])(
    '%s: holds at rest, and says what it did not compare',
    async (gate, between) => {
      const found = await proof(gate);
      expect([oks(found), seen(found)]).toEqual([[true, true, true], expect.any(String)]);
      expect(found.data).toMatchObject({ between, indices: 6, shards: 12, copies: 36, different: [] });
      expect(found.data?.sampledShards).toBe(8);
      expect(found.data?.sampledDocuments).toBeGreaterThan(40);
      expect(found.data?.notCompared).toEqual(
        expect.arrayContaining([
          { index: 'sourceless', what: 'keeps no _source' },
          { index: 'shut', what: 'is closed, so its documents can not be read' },
        ]),
      );
      expect(seen(found)).toMatch(/36 copies of 12 shards in 6 indices/);
      expect(found.facts.every((fact) => fact.proves?.includes('It does not prove'))).toBe(true);
      const figures = found.data?.figures.filter(({ index }) => index === 'orders') ?? [];
      expect(figures).toHaveLength(6);
      expect(figures.filter(({ primary }) => primary)).toHaveLength(2);
      for (const shard of [0, 1]) {
        const copies = figures.filter((one) => one.shard === shard);
        expect(new Set(copies.map(({ node }) => node)).size).toBe(3);
        const told = copies.map(({ documents, maxSeqNo, localCheckpoint }) => [documents, maxSeqNo, localCheckpoint]);
        expect(new Set(told.map(String)).size).toBe(1);
        for (const { maxSeqNo, globalCheckpoint } of copies.filter(({ primary }) => primary)) {
          expect(globalCheckpoint).toBe(maxSeqNo);
        }
      }
    },
    60_000,
  );

  it('never fails while apps write, change and delete all the time', async () => {
    const writer = startWriter(cluster.client(NEW[1]!), 'orders');
    try {
      for (let look = 0; look < 8; look += 1) {
        const found = await proof('drain:old-1');
        expect([oks(found), seen(found)]).toEqual([[true, true, true], expect.any(String)]);
      }
    } finally {
      expect(await writer.stop()).toBeGreaterThan(500);
    }
  }, 180_000);

  it('finds a document whose content differs although version and sequence number are the same', async () => {
    const one = { settings: { number_of_shards: 1, number_of_replicas: 2 } };
    await fill('here', one);
    await fill('there', one, (n) => ({ n: n === 7 ? -1 : n }));
    // A copy that is still being made can't be read.
    await client.cluster.health({ index: 'here,there', wait_for_status: 'green', timeout: '30s' });
    const [node] = await readNodes(client);
    const refs = [{ id: '6' }, { id: '7' }, { id: 'no such' }];
    const on = (index: string) => readDocuments(client, { index, shard: 0, nodeId: node!.id }, refs);
    const [left, right] = [await on('here'), await on('there')];
    expect(refs.map((_, i) => compare({ left: left[i]!, right: right[i]! }))).toEqual(['same', 'different', 'gone']);
    await client.indices.delete({ index: 'here,there' });
  }, 60_000);

  it('fails while a node that holds a copy hangs, and holds again when it goes on', async () => {
    cluster.pause(OLD.name);
    const found = await proof('drain:old-1');
    cluster.resume(OLD.name);
    expect(oks(found)).toEqual([false, false, false]);
    expect(seen(found)).toMatch(/could not be seen/);
    await cluster.waitForNode(NEW[0]!, 3);
    expect(oks(await proof('drain:old-1'))).toEqual([true, true, true]);
  }, 240_000);
});
