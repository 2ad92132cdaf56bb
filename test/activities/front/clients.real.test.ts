import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { frontConfig } from '../../../src/activities/front/config';
import { haproxyWords } from '../../../src/activities/front/version';
import { freePort, haproxy, makeCertificates, PASSWORD, RealFront } from './real-front';

jest.setTimeout(60_000);

const ADDRESS = '127.0.0.2';
const folder = mkdtempSync(join(tmpdir(), 'front-clients-'));
/** How the nodes answer what is no health check; each says its name. */
let answer = plainly;
let nodes: { name: string; server: Server }[] = [];
let front: RealFront;

function plainly(node: string, _: IncomingMessage, response: ServerResponse): void {
  response.end(node);
}
async function startNode(name: string): Promise<{ name: string; server: Server }> {
  const server = createServer((request, response) => {
    response.setHeader('X-elastic-product', 'Elasticsearch');
    if (request.url === '/_cluster/health?local=true') return void response.end('{}');
    answer(name, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { name, server };
}
const behind = ({ name, server }: { name: string; server: Server }) => {
  return { name, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};

beforeAll(async () => {
  makeCertificates(folder, [ADDRESS]);
  nodes = [await startNode('new-1'), await startNode('new-2'), await startNode('new-3')];
  front = new RealFront({
    certificates: folder,
    address: ADDRESS,
    port: await freePort(),
    // The own node first: this is the front of new-2.
    nodes: [behind(nodes[1]!), behind(nodes[0]!), behind(nodes[2]!)],
    cluster: {
      fronts: [
        { name: 'new-1', address: '198.18.2.11:9243' },
        { name: 'new-2', address: '198.18.2.12:9243' },
      ],
    },
  });
  await front.start();
});
beforeEach(() => void (answer = plainly));
afterAll(async () => {
  await front.close();
  for (const { server } of nodes) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

const times = <T>(count: number, what: (i: number) => Promise<T>) =>
  Array.from({ length: count }, (_, i) => i).reduce<Promise<T[]>>(
    async (all, i) => [...(await all), await what(i)],
    Promise.resolve([]),
  );

describe('what a node answers', () => {
  it('comes whole with 300 headers in 50 kB, as a request with many deprecated things has', async () => {
    const warnings = Array.from({ length: 300 }, (_, i) => `299 Elasticsearch-7.17.28 "${i} ${'x'.repeat(120)}"`);
    answer = (_, __, response) => void response.setHeader('Warning', warnings).end('{}');
    const { status, rawHeaders } = await front.ask('/w2', { method: 'PUT', body: '{}' });
    expect([status, rawHeaders.filter((name) => name === 'Warning')]).toEqual([200, warnings.map(() => 'Warning')]);
  });

  it('has its headers spelled as Elasticsearch spells them', async () => {
    const spelled = { Warning: '299 x', Location: '/i/_doc/1', 'X-Opaque-Id': 'me', Allow: 'GET' };
    answer = (_, __, response) => {
      for (const [name, value] of Object.entries(spelled)) response.setHeader(name, value);
      response.writeHead(201, { 'WWW-Authenticate': 'ApiKey' }).end();
    };
    const { rawHeaders } = await front.ask('/i/_doc', { method: 'POST' });
    expect(rawHeaders).toEqual(
      expect.arrayContaining([...Object.keys(spelled), 'X-elastic-product', 'WWW-Authenticate']),
    );
  });

  it('may come after ten minutes, or after a night', () => {
    const [node] = nodes;
    const text = frontConfig({
      reload: 'reload it',
      haproxy,
      bind: '127.0.0.1:1',
      certificate: 'x',
      nodes: [behind(node!)],
      cluster: { name: 'shop', version: '8.1.0', fronts: [] },
    });
    const seconds = (name: string) => Number(new RegExp(`^    ${name} (\\d+)h$`, 'm').exec(text)?.[1]) * 3600;
    for (const side of ['client', 'server', 'http-keep-alive', 'http-request']) {
      expect(seconds(`timeout ${side}`)).toBe(86_400);
    }
    // Else a reload would cut what the time-outs allow.
    expect(seconds('hard-stop-after')).toBeGreaterThan(86_400);
  });
});

const hears = haproxyWords(haproxy).lacks.length === 0;
(hears ? it : it.skip)('ends a request at the node when its client goes away', async () => {
  const arrived = new Promise<IncomingMessage>((resolve) => (answer = (_, request) => resolve(request)));
  const gone = new AbortController();
  const asked = front.ask('/i/_search', { method: 'POST', body: '{}', signal: gone.signal });
  const { socket } = await arrived;
  gone.abort();
  await expect(asked).rejects.toThrow();
  // HAProxy resets the connection: its close is waited for, be it by an error.
  if (!socket.destroyed) await new Promise((closed) => socket.on('close', closed));
});

describe('a client that asks for all nodes', () => {
  const list = (text: string) => JSON.parse(text) as { cluster_name: string; nodes: Record<string, object> };
  const silent = () => (answer = (_, __, response) => void response.writeHead(500).end('a node was asked'));

  it.each([
    '/_nodes/_all/http',
    '/_nodes/http',
    '/_nodes/http?timeout=1s',
    '//_nodes/http/',
    '/_nodes/http,settings?flat_settings&timeout=2s',
  ])('is told of the fronts by %s, before it logs in', async (path) => {
    silent();
    for (const auth of ['', `shop:${PASSWORD}`, 'shop:wrong']) {
      const { status, text, rawHeaders } = await front.ask(path, { auth });
      expect([status, rawHeaders.includes('X-elastic-product'), rawHeaders.join()]).toEqual([
        200,
        true,
        expect.stringContaining('application/json; charset=UTF-8'),
      ]);
      expect(list(text)).toMatchObject({
        cluster_name: "shop's",
        nodes: {
          'new-1': { name: 'new-1', version: '7.17.28', roles: expect.arrayContaining(['data', 'ingest', 'master']) },
          'new-2': { http: { publish_address: '198.18.2.12:9243' }, host: '198.18.2.12' },
        },
      });
      expect(text).not.toMatch(/\$6\$|127\.0\.0\.1/);
    }
  });

  it('is told so as elasticsearch-php too', async () => {
    silent();
    const php = { 'user-agent': 'elasticsearch-php/7.17.2 (Linux 6; PHP 8.2)' };
    expect(Object.keys(list((await front.ask('/_nodes/', { headers: php })).text).nodes)).toEqual(['new-1', 'new-2']);
  });

  it.each(['/_nodes', '/_nodes/', '/_nodes/new-1/http', '/_nodes/stats/http', '/_nodes/_local/http', '/i/_nodes/http'])(
    'is answered by a node to %s, and has to log in',
    async (path) => {
      expect((await front.ask(path)).text).toMatch(/^new-\d$/);
      expect((await front.ask(path, { auth: '' })).status).toBe(401);
    },
  );

  it('writes no such thing', async () => {
    expect((await front.ask('/_nodes/http', { method: 'POST' })).text).toMatch(/^new-\d$/);
  });
});

describe('a browser', () => {
  const asks = { Origin: 'https://shop.example', 'Access-Control-Request-Method': 'POST' };

  it('asks a node without a login whether it may', async () => {
    answer = (_, request, response) =>
      void response.setHeader('access-control-allow-origin', request.headers.origin ?? '').end();
    const { status, headers } = await front.ask('/i/_search', { method: 'OPTIONS', headers: asks, auth: '' });
    expect([status, headers['access-control-allow-origin']]).toEqual([200, asks.Origin]);
  });

  it.each<[string, Record<string, string>]>([
    ['POST', asks],
    ['GET', asks],
    ['OPTIONS', {}],
    ['OPTIONS', { Origin: asks.Origin }],
    ['OPTIONS', { 'Access-Control-Request-Method': 'POST' }],
  ])('has to log in for everything else: %s with %j', async (method, headers) => {
    expect((await front.ask('/i/_search', { method, headers, auth: '' })).status).toBe(401);
  });
});

describe('"this node"', () => {
  it.each([
    '/_nodes/_local/os',
    '/_nodes/_local',
    '/_nodes/_master,_local/stats?pretty',
    '/_nodes/_master%2C_local/stats',
    '/_cluster/stats/nodes/_local',
    '/_cat/shards?local=true',
    '/_cat/nodes?v&local',
    '/_cat/tasks?nodes=_local',
    '/_tasks?actions=*&nodes=_master,_local',
    '/i/_search?preference=_local',
    '/i/_search?q=a&preference=_only_local',
    '/i/_search?preference=_shards:0%7C_local',
    '/_prometheus/metrics',
    '/',
  ])('%s is the own one, each time', async (path) => {
    const told = await times(6, async () => (await front.ask(path, { agent: false })).text);
    expect(new Set(told)).toEqual(new Set(['new-2']));
  });

  it.each([
    '/_nodes/os',
    '/_cat/shards?local=false',
    '/logs_local/_search',
    '/i/_search?preference=local_user',
    '/i/_search?q=_local',
    '/i/_search',
    '/locals/_search?routing=x_local',
  ])('is not meant by %s', async (path) => {
    // Requests that wait at once are spread over all nodes.
    const waiting: (() => void)[] = [];
    answer = (node, _, response) => {
      waiting.push(() => response.end(node));
      if (waiting.length === 6) waiting.forEach((end) => end());
    };
    const told = await Promise.all(Array.from({ length: 6 }, () => front.ask(path, { agent: false })));
    expect(new Set(told.map(({ text }) => text)).size).toBe(3);
  });

  it('is down when it is, and no other then: others are asked only for what they can tell as well', async () => {
    const lonely = new RealFront({
      certificates: folder,
      address: ADDRESS,
      port: await freePort(),
      nodes: [{ name: 'gone', address: `127.0.0.1:${await freePort()}` }, behind(nodes[0]!)],
    });
    try {
      await lonely.start();
      const untilDown = async (): Promise<void> => {
        if ((await lonely.ask('/_nodes/_local/os')).status !== 503) return untilDown();
      };
      await untilDown();
      expect((await lonely.ask('/i/_search?preference=_local')).text).toBe('new-1');
      expect((await lonely.ask('/')).text).toBe('new-1');
    } finally {
      await lonely.close();
    }
  });
});
