import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CancelledFailure } from '@temporalio/common';
import { z } from 'zod';
import { askCluster } from '../../../src/elasticsearch/client/ask';
import { createClusterAccess } from '../../../src/elasticsearch/client/over-ssh';
import { FAILURES } from '../../../src/contract/failures';
import { givenUp } from '../../../src/hosts/fence';
import { LocalHosts, testPlan } from '../world';

let node: Server;
const heard: string[] = [];

beforeAll(async () => {
  node = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader('x-elastic-product', 'Elasticsearch').setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => node.close(resolve)));
beforeEach(() => heard.splice(0));

async function access(mayAct: () => Promise<undefined>) {
  const plan = testPlan([{ name: 'old-1', address: '127.0.0.1' }], [{ name: 'new-1', address: '127.0.2.1' }]);
  plan.elasticsearch.httpPort = (node.address() as AddressInfo).port;
  const hosts = new LocalHosts();
  const cluster = await createClusterAccess({ plan, hosts, secrets: { resolve: async () => '' }, mayAct });
  return { cluster, close: () => Promise.all([cluster.close(), hosts.close()]) };
}

const change = { method: 'PUT', path: '/_cluster/settings', body: { persistent: {} } } as const;

test.each([
  ['was given up', givenUp('the server has given this attempt up'), { type: FAILURES.GIVEN_UP, nonRetryable: true }],
  ['was cancelled', new CancelledFailure('cancelled'), { name: 'CancelledFailure' }],
])('an attempt that %s looks at the cluster and changes nothing of it', async (_what, error, expected) => {
  const { cluster, close } = await access(() => Promise.reject(error));
  const client = cluster.via('old-1');
  await askCluster(client, z.unknown(), { path: '/_cluster/health' });
  await expect(askCluster(client, z.unknown(), change)).rejects.toMatchObject(expected);
  await expect(
    askCluster(client, z.unknown(), { method: 'DELETE', path: '/_cluster/voting_config_exclusions' }),
  ).rejects.toMatchObject(expected);
  expect(heard).toEqual(['GET /_cluster/health']);
  await close();
});

test('one that may act is asked before each change', async () => {
  let asked = 0;
  const { cluster, close } = await access(async () => void (asked += 1));
  for (let i = 0; i < 2; i += 1) await askCluster(cluster.via('old-1'), z.unknown(), change);
  expect([asked, heard.length]).toEqual([2, 2]);
  await close();
});
