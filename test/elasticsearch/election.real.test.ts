import type { Client } from '@elastic/elasticsearch';
import { countHealth } from '../../lab/judge/health';
import type { Look } from '../../lab/judge/watch';
import { readHealth, saysNoMaster, type ClusterHealth } from '../../src/elasticsearch/looks/health';
import { readVoting } from '../../src/elasticsearch/quorum';
import { RealCluster, type RealNode } from './real-cluster';

const nodeOf = (i: number): RealNode => ({ name: `node-${i}`, address: `127.0.4.${10 + i}` });
const NODES: [RealNode, RealNode, RealNode] = [nodeOf(1), nodeOf(2), nodeOf(3)];
/** Elections until red was seen, at most: one that asks all the time sees it in about every fifth. */
const MOST_ELECTIONS = 150;

/** What nodes say of the cluster's health while masters hand over: raw, to the product, and to the lab's judge. */
describe('health while the elected master changes', () => {
  let cluster: RealCluster;
  let client: Client;

  beforeAll(async () => {
    cluster = await RealCluster.formed(NODES);
    client = cluster.client(NODES[0]);
    await client.indices.create({ index: 'orders', settings: { number_of_shards: 3, number_of_replicas: 1 } });
    await cluster.waitForNode(NODES[0], 3);
  }, 180_000);

  afterAll(async () => {
    await client?.close();
    await cluster?.close();
  }, 60_000);

  it('is red for a moment although every copy is started, and nobody takes that for a missing copy', async () => {
    const looks: Look[] = [];
    const toProduct: ClusterHealth[] = [];
    const redToProduct: ClusterHealth[] = [];
    let ended = false;
    const asking = NODES.map(async (node) => {
      const own = cluster.client(node);
      const noting = noteRed(own, redToProduct);
      const forJudge = async () => {
        while (!ended) looks.push(await look(own, node.name));
      };
      const forProduct = async () => {
        while (!ended) toProduct.push(await readHealth(noting));
      };
      await Promise.all([forJudge(), forProduct(), forProduct(), forProduct()]).finally(() => own.close());
    });
    const redToJudge = () => looks.map(({ body }) => body as ClusterHealth).filter(({ status }) => status === 'red');
    const seen = () => redToJudge().length > 0 && redToProduct.length > 0;
    for (let election = 0; election < MOST_ELECTIONS && !seen(); election++) await handOver(client);
    ended = true;
    await Promise.all(asking);

    expect(seen()).toBe(true);
    expect([...redToJudge(), ...redToProduct].filter((health) => !saysNoMaster(health))).toEqual([]);
    expect(toProduct.filter(({ status }) => status !== 'green')).toEqual([]);
    const names = new Set(NODES.map(({ name }) => name));
    const [from, to] = [looks[0]!.from, Math.max(...looks.map((one) => one.to))];
    expect(countHealth(looks, 'real', names, from, to).belowGreen).toEqual([]);
  }, 180_000);
});

/** The same client, and every answer that says red is kept. */
function noteRed(client: Client, red: ClusterHealth[]): Client {
  const request = async (...asked: Parameters<Client['transport']['request']>) => {
    const answer = await client.transport.request<ClusterHealth>(...asked);
    if (answer.status === 'red') red.push(answer);
    return answer;
  };
  return { transport: { request } } as unknown as Client;
}

async function look(client: Client, host: string): Promise<Look> {
  const from = Date.now();
  const body = await client.cluster.health({ master_timeout: '15s', timeout: '15s' });
  const to = Date.now();
  return { host, from, to, tun: {}, status: 200, body, viewed: to, view: null };
}

/** Takes the vote of the elected master, which makes it hand over, and gives it back. */
async function handOver(client: Client): Promise<void> {
  const { master } = await readVoting(client);
  await client.cluster.postVotingConfigExclusions({ node_names: master });
  await client.cluster.deleteVotingConfigExclusions({ wait_for_removal: false });
}
