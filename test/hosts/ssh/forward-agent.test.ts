import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useSshd } from './sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old } = world;

describe('agent', () => {
  const get = (port: number, timeout = 5_000) =>
    new Promise<string>((resolve, reject) => {
      const sent = request(
        { host: '198.18.1.99', port, path: '/x', agent: world.hosts.agent(old()), timeout },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve(body));
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('timed out')));
      sent.on('error', reject);
      sent.end();
    });
  let sockets = 0;
  const server = createServer((incoming, response) => {
    if (incoming.url === '/x') response.end(`hello ${'x'.repeat(300_000)}`);
  });
  const silent = createServer(() => undefined);
  const portOf = (which: typeof server) => (which.address() as AddressInfo).port;

  beforeAll(async () => {
    server.on('connection', () => (sockets += 1));
    for (const each of [server, silent]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const each of [server, silent]) {
      each.closeAllConnections();
      each.close();
    }
  });

  it("reaches the node's own address through SSH, and keeps the connection", async () => {
    for (let i = 0; i < 5; i += 1) expect(await get(portOf(server))).toMatch(/^hello x+$/);
    expect(sockets).toBe(1);
  });

  it('times out on a node that hangs', async () => {
    await expect(get(portOf(silent), 300)).rejects.toThrow('timed out');
  });

  it('a closed port is an error', async () => {
    await expect(get(1)).rejects.toThrow(/refused|failed/i);
  });

  it('a lost SSH connection is an error at once, and the next request goes through', async () => {
    const asked = once(silent, 'request');
    const hanging = get(portOf(silent), 30_000);
    await asked;
    world.sshd.cutConnections();
    await expect(hanging).rejects.toThrow(/lost|hang up/);
    expect(await get(portOf(server))).toMatch(/^hello/);
  });
});
