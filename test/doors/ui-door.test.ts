import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { uiDoor } from '../../src/doors/ui-door';
import { ask, foreign, TYPES } from './strangers';

const asked: IncomingMessage[] = [];
let ui: Server;
let door: Server;
let port: number;

beforeAll(async () => {
  // As the UI does: it answers under any name, and says where it has put its cookie.
  ui = createServer((request, response) => {
    asked.push(request);
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      response.writeHead(201, { 'set-cookie': ['_csrf=a', 'b=c'], connection: 'close', 'x-own': 'kept' });
      response.end(`${request.method} ${request.url} ${body}`);
    });
  }).listen(0, '127.0.0.1');
  await once(ui, 'listening');
  const hosts: string[] = [];
  door = uiDoor({ hosts, to: { host: '127.0.0.1', port: (ui.address() as AddressInfo).port } }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  port = (door.address() as AddressInfo).port;
  hosts.push(`127.0.0.1:${port}`);
});
beforeEach(() => void asked.splice(0));
afterAll(() => {
  for (const server of [ui, door]) {
    server.close();
    server.closeAllConnections();
  }
});

const own = () => ({ host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` });

test('what its own page asks comes through whole, and so does the answer', async () => {
  const headers = {
    ...own(),
    'content-type': 'application/json',
    'x-csrf-token': 'a',
    cookie: '_csrf=a',
    te: 'trailers',
  };
  const { status, text, headers: answered } = await ask(port, 'POST', '/api/v1/x?y=%20z', headers, '{"a":1}');
  expect([status, text]).toEqual([201, 'POST /api/v1/x?y=%20z {"a":1}']);
  expect(answered).toMatchObject({ 'set-cookie': ['_csrf=a', 'b=c'], 'x-own': 'kept', 'x-frame-options': 'DENY' });
  expect(asked[0]?.headers).toMatchObject({ 'x-csrf-token': 'a', cookie: '_csrf=a', host: own().host });
  expect(asked[0]?.headers.te).toBeUndefined();
});

test('nothing that comes from elsewhere reaches the page behind it', async () => {
  for (const headers of foreign(port)) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      for (const type of TYPES) {
        const { status } = await ask(port, method, '/', { ...headers, 'content-type': type, authorization: 'x' });
        expect([headers, method, [400, 403, 421].includes(status)]).toEqual([headers, method, true]);
      }
    }
  }
  // Changes are asked for by a page that says who it is, or not at all.
  expect((await ask(port, 'POST', '/', { host: own().host })).status).toBe(403);
  expect(asked).toEqual([]);
});

test.each([
  ['no name', 'GET / HTTP/1.0\r\n\r\n'],
  ['two names', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\n\r\n'],
  ['a whole address', 'GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
  ['a tunnel', 'CONNECT 127.0.0.1:7233 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n'],
  ['what gRPC says', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
])('%s is not let in', async (_what, text) => {
  const socket = connect(port, '127.0.0.1', () => socket.end(text.replaceAll('PORT', String(port))));
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString())).on('error', () => undefined);
  await once(socket, 'close');
  expect(answer).not.toMatch(/^HTTP\/1.1 2/);
  expect(asked).toEqual([]);
});

test('a page that is gone is told, and the door stays', async () => {
  const gone = uiDoor({ hosts: ['x'], to: { host: '127.0.0.1', port: 1 } }).listen(0, '127.0.0.1');
  await once(gone, 'listening');
  try {
    const at = (gone.address() as AddressInfo).port;
    for (let i = 0; i < 2; i++) expect((await ask(at, 'GET', '/', { host: 'x' })).status).toBe(502);
  } finally {
    gone.close();
    gone.closeAllConnections();
  }
});
