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
/** Milliseconds that the node takes for an answer. */
let takes = 0;
/** Further head of an answer, whose end never comes. */
let head: Record<string, string> = {};

beforeAll(async () => {
  node = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.setHeader('x-elastic-product', 'Elasticsearch').setHeader('content-type', 'application/json');
    if (Object.keys(head).length > 0) response.writeHead(200, head).flushHeaders();
    else setTimeout(() => response.end('{}'), takes);
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => node.close(resolve)));
beforeEach(() => heard.splice(0));

async function access(mayAct: () => Promise<undefined>, requestSeconds = 30) {
  const plan = testPlan([{ name: 'old-1', address: '127.0.0.1' }], [{ name: 'new-1', address: '127.0.2.1' }]);
  plan.elasticsearch.httpPort = (node.address() as AddressInfo).port;
  plan.elasticsearch.requestSeconds = requestSeconds;
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

test('an answer without end, or one that would become one, is none', async () => {
  const { cluster, close } = await access(async () => undefined);
  const ask = () => askCluster(cluster.via('old-1'), z.unknown(), { path: '/_nodes' });
  try {
    head = { 'content-length': String(300 * 2 ** 20) };
    await expect(ask()).rejects.toThrow(/bigger than the maximum/);
    head = { 'content-encoding': 'gzip', 'content-length': String(2 ** 20) };
    await expect(ask()).rejects.toThrow(/bigger than the maximum/);
  } finally {
    head = {};
    await close();
  }
});

test('one that may act is asked before each change', async () => {
  let asked = 0;
  const { cluster, close } = await access(async () => void (asked += 1));
  for (let i = 0; i < 2; i += 1) await askCluster(cluster.via('old-1'), z.unknown(), change);
  expect([asked, heard.length]).toEqual([2, 2]);
  await close();
});

test('a request may take as long as the plan says, a question about every shard four times as long; what was late says so', async () => {
  const { cluster, close } = await access(async () => undefined, 0.5);
  const ask = (what: object) => askCluster(cluster.via('old-1'), z.unknown(), { path: '/_stats', ...what });
  takes = 1000;
  try {
    await expect(ask({ heavy: true })).resolves.toEqual({});
    await expect(ask({})).rejects.toMatchObject({
      message:
        'GET /_stats: no answer within 0.5 s; if the cluster only needs longer for it, raise elasticsearch.requestSeconds in the plan (now 0.5)',
      why: 'late',
    });
    takes = 2500;
    await expect(ask({ heavy: true })).rejects.toThrow(
      /no answer within 2 s; .*\(now 0.5, of which this question gets 4 times as much\)/,
    );
    // What has a time-out of its own is not the plan's.
    await expect(ask({ timeoutMs: 100 })).rejects.toThrow(/^(?!.*requestSeconds)/);
  } finally {
    takes = 0;
    await close();
  }
});
