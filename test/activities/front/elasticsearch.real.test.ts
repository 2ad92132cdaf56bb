import { mkdtempSync, rmSync } from 'node:fs';
import { request, type RequestOptions } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { clientSettingsChecks } from '../../../src/activities/preflight/cluster/client-settings';
import { newKinds, oldKinds } from '../../../src/activities/preflight/cluster/node-kinds';
import { readNodes } from '../../../src/elasticsearch/looks/nodes';
import { readNodeSettings } from '../../../src/elasticsearch/settings/node-settings';
import { RealCluster } from '../../elasticsearch/real-cluster';
import { testPlan } from '../../elasticsearch/world';
import { newHost } from '../preflight/cluster/sides';
import { freePort, makeCertificates, PASSWORD, RealFront } from './real-front';

jest.setTimeout(60_000);

const NODES = [
  { name: 'new-1', address: '127.0.4.1' },
  { name: 'new-2', address: '127.0.4.2' },
] as const;
let frontPort: number;
const folder = mkdtempSync(join(tmpdir(), 'front-es-'));
let cluster: RealCluster;
let fronts: RealFront[] = [];

beforeAll(async () => {
  cluster = await RealCluster.make('7.17.28');
  frontPort = await freePort();
  const cors = [
    'http.cors.enabled: true',
    'http.cors.allow-origin: "*"',
    'http.cors.allow-credentials: true',
    'http.cors.allow-headers: [Content-Type, Authorization]',
  ];
  const names = NODES.map(({ name }) => name);
  for (const node of NODES)
    cluster.start(
      node,
      NODES.map(({ address }) => address),
      names,
      cors,
    );
  await cluster.waitForNode(NODES[0], 2);
  makeCertificates(
    folder,
    NODES.map(({ address }) => address),
  );
  const behind = NODES.map(({ name, address }) => ({ name, address: `${address}:${cluster.httpPort}` }));
  const told = NODES.map(({ name, address }) => ({ name, address: `${address}:${frontPort}` }));
  fronts = NODES.map(
    ({ address }, i) =>
      new RealFront({
        certificates: folder,
        address,
        port: frontPort,
        nodes: [behind[i]!, behind[1 - i]!],
        cluster: { name: 'real', fronts: told },
      }),
  );
  await Promise.all(fronts.map((front) => front.start()));
}, 180_000);

afterAll(async () => {
  await Promise.all(fronts.map((front) => front.close()));
  await cluster?.close();
  rmSync(folder, { recursive: true });
}, 60_000);

type Question = RequestOptions & { body?: string };

async function direct(path: string, { body, ...options }: Question = {}) {
  const [{ address }] = NODES;
  const sent = request(`http://${address}:${cluster.httpPort}${path}`, { ...options, maxHeaderSize: 1 << 20 });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await text(answer), rawHeaders: answer.rawHeaders };
}
/** Status, and every header but those that are about the connection, as they are spelled. */
const shape = ({ status, rawHeaders }: { status: number; rawHeaders: string[] }) => [
  status,
  rawHeaders
    .filter((_, i) => i % 2 === 0 && !/^(connection|keep-alive|content-length)$/i.test(rawHeaders[i] ?? ''))
    .sort(),
];
const json = { 'content-type': 'application/json' };
/** The front's first user of many deprecated things: fields that have a boost. */
const boosted = (fields: number) => ({
  method: 'PUT',
  headers: json,
  body: JSON.stringify({
    mappings: {
      properties: Object.fromEntries(Array.from({ length: fields }, (_, i) => [`f${i}`, { type: 'text', boost: 2 }])),
    },
  }),
});

it('answers by its front as it does directly, to the spelling of each header', async () => {
  const [front] = fronts as [RealFront];
  const questions: [string, Question?][] = [
    ['/'],
    ['/', { method: 'HEAD' }],
    ['/_cat/nodes?v'],
    ['/nothing/_search'],
    ['/_cluster/health', { method: 'PATCH' }],
    ['/_cluster/health', { headers: { 'X-Opaque-Id': 'me' } }],
    ['/i/_search', { method: 'OPTIONS' }],
    ['/i/_search', { method: 'POST', headers: json, body: '{' }],
    ['/_cluster/health', { headers: { Origin: 'https://shop.example' } }],
  ];
  for (const [path, question] of questions) {
    expect([path, shape(await front.ask(path, question))]).toEqual([path, shape(await direct(path, question))]);
  }
  const made = await front.ask('/i/_doc', { method: 'POST', headers: json, body: '{}' });
  expect(shape(made)).toEqual(shape(await direct('/i/_doc', { method: 'POST', headers: json, body: '{}' })));
  expect(made.rawHeaders).toEqual(expect.arrayContaining(['Location', 'X-elastic-product']));
});

it('makes an index with 120 warnings, and says so', async () => {
  const [front] = fronts as [RealFront];
  expect((await front.ask('/w1', boosted(120))).status).toBe(200);
  expect((await direct('/w2', boosted(120))).status).toBe(200);
});

it('tells a browser without a login what it may', async () => {
  const [front] = fronts as [RealFront];
  const headers = {
    Origin: 'https://shop.example',
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization',
  };
  const asked = await front.ask('/i/_search', { method: 'OPTIONS', headers, auth: '' });
  expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([200, 'https://shop.example']);
  expect(asked.headers['access-control-allow-headers']).toMatch(/authorization/i);
});

it('shows each node its own figures', async () => {
  for (const [i, front] of fronts.entries()) {
    for (let time = 0; time < 6; time += 1) {
      const { text: said } = await front.ask('/_nodes/_local/os?filter_path=nodes.*.name', { agent: false });
      expect(said).toContain(`"${NODES[i]?.name}"`);
    }
  }
});

it('keeps a client that sniffs on the fronts, where all its requests succeed', async () => {
  const [front] = fronts as [RealFront];
  const client = new Client({
    node: front.url,
    auth: { username: 'shop', password: PASSWORD },
    tls: { ca: front.ca },
    sniffOnStart: true,
    sniffInterval: 50,
    maxRetries: 0,
  });
  const sniffed = new Promise<void>((resolve, reject) =>
    client.diagnostic.on('sniff', (error) => (error ? reject(error) : resolve())),
  );
  await client.cluster.health();
  await sniffed;
  for (let i = 0; i < 20; i += 1) await client.cluster.health();
  expect(client.connectionPool.connections.map(({ url }) => url.origin).sort()).toEqual(fronts.map(({ url }) => url));
  await client.close();
});

it('is compared with new nodes by what it says of its own settings', async () => {
  const client = cluster.client(NODES[0]);
  const plan = testPlan([...NODES], [{ name: 'fresh', address: '198.18.2.11' }]);
  const told = await readNodeSettings(client);
  const old = oldKinds(plan, await readNodes(client), told);
  const names = (yaml: string) =>
    clientSettingsChecks(plan, { old, fresh: newKinds(plan, [newHost('fresh', yaml)], '7.17.28').kinds })
      .filter(({ result }) => result !== 'ok')
      .map((one) => one.subject || one.name);
  expect(names('cluster.name: real\n')).toEqual([
    'http.cors.allow-credentials',
    'http.cors.allow-headers',
    'http.cors.allow-origin',
    'http.cors.enabled',
    'front-cors',
  ]);
  const same = `http:
  cors:
    enabled: true
    allow-origin: "*"
    allow-credentials: true
    allow-headers: [Content-Type, Authorization]
`;
  expect(names(same)).toEqual([]);
  await client.close();
});
