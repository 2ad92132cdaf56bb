import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@elastic/elasticsearch';
import { haproxyWords } from '../../../src/activities/front/version';
import { freePort, haproxy, makeCertificates, PASSWORD, RealFront } from './real-front';

jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'front-reload-'));
const ADDRESSES = ['127.0.0.2', '127.0.0.3'] as const;
/** What was written at the node, by its id. */
const written = new Map<string, number>();
/** Holds back answers to requests of this path until it is called. */
let release = (): void => undefined;
let server: Server;
let fronts: RealFront[] = [];

/** A node that counts what is written, and takes a moment for it, so that requests are always under way. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '' } = request;
    request.resume().on('end', () => {
      response.setHeader('X-elastic-product', 'Elasticsearch');
      response.setHeader('Content-Type', 'application/json');
      const end = () => response.end('{}');
      if (url === '/slow') return void (release = end);
      if (!url.includes('/_doc/')) return void end();
      written.set(url, (written.get(url) ?? 0) + 1);
      setTimeout(end, written.size % 30);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  makeCertificates(folder, [...ADDRESSES]);
});
beforeEach(async () => {
  written.clear();
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  fronts = await Promise.all(
    ADDRESSES.map(
      async (one) =>
        new RealFront({
          certificates: folder,
          address: one,
          port: await freePort(),
          nodes: [{ name: 'new-1', address }],
        }),
    ),
  );
  await Promise.all(fronts.map((front) => front.start()));
});
afterEach(() => Promise.all(fronts.map((front) => front.close())));
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A client that sends one write after the other, with pauses, on connections that it keeps. */
interface Writer {
  acknowledged: string[];
  failed: string[];
  done: Promise<void>;
}

type Send = (path: string) => Promise<void>;

function writer(name: string, send: Send, isOver: () => boolean): Writer {
  const self: Writer = { acknowledged: [], failed: [], done: Promise.resolve() };
  const write = async () => {
    for (let i = 0; !isOver(); i += 1) {
      const path = `/i/_doc/${name}-${i}`;
      await send(path).then(
        () => self.acknowledged.push(path),
        (error: Error) => self.failed.push(`${path}: ${error.message}`),
      );
      await wait(5 + ((i * 37) % 200));
    }
  };
  self.done = write();
  return self;
}

/** Writers without retries of their own: raw keep-alive connections, and Elasticsearch's client. */
function writers(front: RealFront, isOver: () => boolean): Writer[] {
  const agent = front.agent();
  const raw: Send = async (path) => {
    const { status } = await front.ask(path, { method: 'PUT', agent, body: '{}' });
    if (status !== 200) throw new Error(String(status));
  };
  const client = new Client({
    node: front.url,
    auth: { username: 'shop', password: PASSWORD },
    tls: { ca: front.ca },
    maxRetries: 0,
  });
  const official: Send = async (path) => {
    await client.transport.request({ method: 'PUT', path, body: {} }, { maxRetries: 0 });
  };
  return Array.from({ length: 40 }, (_, i) => writer(`${i}`, i % 2 === 0 ? raw : official, isOver));
}

function judge(all: Writer[]): void {
  expect(all.flatMap((one) => one.failed)).toEqual([]);
  const acknowledged = all.flatMap((one) => one.acknowledged);
  expect([...written.keys()].sort()).toEqual([...acknowledged].sort());
  expect([...written.values()].filter((count) => count !== 1)).toEqual([]);
}

const keeps = haproxyWords(haproxy).lacks.every((what) => !what.includes('reload'));
(keeps ? it : it.skip)('a reload fails no request and doubles none, on connections that are kept', async () => {
  let isOver = false;
  const [front] = fronts as [RealFront];
  const all = writers(front, () => isOver);
  for (let reload = 0; reload < 6; reload += 1) {
    const before = front.workers();
    front.reload();
    // The next one only when the old worker has served its last connection, so that each meets connections in use.
    while (front.workers().some((worker) => before.includes(worker))) await wait(50);
    const enough = written.size + 400;
    while (written.size < enough) await wait(50);
  }
  isOver = true;
  await Promise.all(all.map((one) => one.done));
  expect(written.size).toBeGreaterThan(2000);
  judge(all);
});

it('a stop answers what is under way, and what comes on a connection that is kept', async () => {
  const [front, other] = fronts as [RealFront, RealFront];
  const asked = front.ask('/slow', { agent: false });
  const agent = front.agent();
  const kept = { agent, method: 'PUT', body: '{}' };
  expect((await front.ask('/i/_doc/1', kept)).status).toBe(200);
  while (release.name !== 'end') await wait(20);
  const stopped = front.stop('SIGUSR1');
  while (
    await front.ask('/', { agent: false }).then(
      () => true,
      () => false,
    )
  )
    await wait(20);

  const last = await front.ask('/i/_doc/2', kept);
  expect([last.status, last.headers.connection]).toEqual([200, 'close']);
  expect((await other.ask('/i/_doc/3', { method: 'PUT', body: '{}' })).status).toBe(200);
  release();
  expect((await asked).status).toBe(200);
  expect(await stopped).toBe(0);
  expect([...written.values()]).toEqual([1, 1, 1]);
});

it('a front that is stopped and started loses and doubles no write of clients that go to the next one then', async () => {
  let isOver = false;
  const [front] = fronts as [RealFront];
  const client = new Client({
    nodes: fronts.map(({ url }) => url),
    auth: { username: 'shop', password: PASSWORD },
    tls: { ca: front.ca },
  });
  const send: Send = async (path) => {
    await client.transport.request({ method: 'PUT', path, body: {} });
  };
  const all = Array.from({ length: 30 }, (_, i) => writer(`${i}`, send, () => isOver));
  const more = async (count: number): Promise<void> => {
    const enough = written.size + count;
    while (written.size < enough) await wait(50);
  };
  for (let round = 0; round < 2; round += 1) {
    await more(500);
    await front.stop('SIGUSR1');
    await more(500);
    await front.start();
  }
  isOver = true;
  await Promise.all(all.map((one) => one.done));
  judge(all);
});
