import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@elastic/elasticsearch';
import { rightsChecks, ROLE } from '../../../../src/activities/preflight/cluster/rights';
import { testPlan } from '../../../elasticsearch/world';
import { EXAMPLES } from '../../../plan/minimal';

let server: Server;
let client: Client;
let allowed: object;
const asked: unknown[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push([request.method, request.url, JSON.parse(body)]);
      response.writeHead(200, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
      response.end(JSON.stringify(allowed));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, maxRetries: 0 });
});
afterAll(async () => {
  await client.close();
  server.close();
});
beforeEach(() => asked.splice(0));

const plan = (auth?: { username: string; password: string }) =>
  testPlan([{ name: 'old-1', address: '127.0.0.1' }], [{ name: 'new-1', address: '127.0.2.1' }], {
    elasticsearch: { clusterName: 'real', ...(auth && { auth }) },
  });
const mover = { username: 'mover', password: 'env:PASSWORD' };

test('each right that the user lacks is named, with the role that has them all', async () => {
  allowed = { has_all_requested: false, cluster: { manage: false }, index: { '*': { manage: true, read: false } } };
  expect(await rightsChecks(plan(mover), client)).toEqual([
    {
      ...{ name: 'rights', subject: 'mover', result: 'failed', waivable: false },
      seen: 'mover lacks the cluster privilege "manage" and "read" on the indices *, restricted ones too',
      remedy: expect.stringContaining('examples/role.json') as string,
    },
  ]);
  expect(asked).toEqual([['POST', '/_security/user/_has_privileges', { cluster: ROLE.cluster, index: ROLE.indices }]]);
});

test('a user that has all of them passes; without a user nothing is asked', async () => {
  allowed = { has_all_requested: true, cluster: { manage: true }, index: { '*': { manage: true, read: true } } };
  expect(await rightsChecks(plan(mover), client)).toMatchObject([{ name: 'rights', result: 'ok' }]);
  asked.splice(0);
  expect(await rightsChecks(plan(), client)).toEqual([]);
  expect(asked).toEqual([]);
});

test('the role for people is the one that is asked for', () => {
  expect(JSON.parse(readFileSync(join(EXAMPLES, 'role.json'), 'utf8'))).toEqual(ROLE);
});
