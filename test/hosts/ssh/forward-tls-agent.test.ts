import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { makeCa, makeCertificate } from '../../support/certificates';
import type { Trust } from '../../../src/hosts/shown-ca';
import { useSshd } from './sshd';

jest.setTimeout(60_000);

const world = useSshd();
const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const servers: Server[] = [];
let sockets = 0;

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** @param shown the server's own certificate, and others that it shows with it */
const serve = async (name: string, ...shown: string[]) => {
  const cert = [name, ...shown].map((one) => read(`${one}.crt`)).join('');
  const pair = { key: read(`${name}.key`), cert };
  const server = createServer(pair, (_incoming, response) => response.end(`hello ${'x'.repeat(300_000)}`));
  server.on('secureConnection', () => (sockets += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
};

beforeAll(async () => {
  for (const ca of ['ca', 'others']) makeCa(folder, ca);
  makeCertificate(folder, 'own', ['127.0.0.1']);
  makeCertificate(folder, 'elsewhere', ['198.18.1.77']);
  makeCertificate(folder, 'forged', ['127.0.0.1'], 'others');
  for (const name of ['own', 'elsewhere']) await serve(name);
  await serve('own', 'ca');
  await serve('forged', 'ca');
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

function get(server: number, ca = 'ca', trust: Trust = { ca: read(`${ca}.crt`) }): Promise<string> {
  const { port } = servers[server]?.address() as AddressInfo;
  const agent = world.hosts.agent(world.old(), trust);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '198.18.1.99', port, agent, timeout: 5_000 }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(body));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a node is reached by https through SSH, and the connection kept', async () => {
  for (let i = 0; i < 3; i += 1) expect(await get(0)).toMatch(/^hello x+$/);
  expect(sockets).toBe(1);
});

test('one whose certificate another CA has signed is not believed', async () => {
  await expect(get(0, 'others')).rejects.toThrow(/unable to verify|self.signed|issuer/i);
});

test('one whose certificate names another address is not believed', async () => {
  await expect(get(1)).rejects.toThrow(/198\.18\.1\.77/);
});

test('nor for NODE_TLS_REJECT_UNAUTHORIZED in the environment of the worker, which counts where nothing is said', async () => {
  const connect = jest.spyOn(tls, 'connect');
  await expect(get(0, 'others')).rejects.toThrow();
  expect(connect.mock.calls.map(([options]) => options)).toEqual([
    expect.objectContaining({ rejectUnauthorized: true }),
  ]);
});

describe('a CA that is known by its fingerprint', () => {
  const trust = (): Trust => ({ fingerprint: new X509Certificate(read('ca.crt')).fingerprint256 });

  test('is believed as soon as a node has shown it', async () => {
    await expect(get(0, 'ca', trust())).rejects.toThrow('no certificate that it shows has the fingerprint');
    expect(await get(2, 'ca', trust())).toMatch(/^hello x+$/);
    // From then on it is known, of those too that do not show it.
    expect(await get(0, 'ca', trust())).toMatch(/^hello x+$/);
  });

  test('is not believed of whoever only shows it', async () => {
    await expect(get(3, 'ca', trust())).rejects.toThrow(/unable to verify|self.signed|issuer|signature/i);
  });
});
