import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCa, makeCertificate } from '../../support/certificates';
import { freePort, makeCertificates, RealFront } from './real-front';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'secured-'));
let node: Server;

beforeAll(async () => {
  makeCertificates(folder, ['127.0.0.1']);
  makeCa(folder, 'nodes');
  makeCa(folder, 'others');
  makeCertificate(folder, 'node', ['127.0.0.1'], 'nodes');
  const pair = { key: readFileSync(join(folder, 'node.key')), cert: readFileSync(join(folder, 'node.crt')) };
  // As a node does: it asks who it is, and judges.
  node = createServer(pair, (request, response) => {
    response.writeHead(request.headers.authorization ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  node.closeAllConnections();
  node.close();
  rmSync(folder, { recursive: true, force: true });
});

async function frontBy(ca: string): Promise<RealFront> {
  const { port } = node.address() as AddressInfo;
  return new RealFront({
    certificates: folder,
    address: '127.0.0.1',
    port: await freePort(),
    nodes: [{ name: 'new-1', address: `127.0.0.1:${port}` }],
    nodesCa: join(folder, `${ca}.crt`),
    user: null,
  });
}

test('a front speaks https to nodes that show a certificate of their CA, and hands the login on', async () => {
  const front = await frontBy('nodes');
  try {
    await front.start();
    expect((await front.ask('/')).status).toBe(200);
    expect((await front.ask('/', { auth: '' })).status).toBe(401);
  } finally {
    await front.stop();
  }
});

test('it says nothing to a node whose certificate another CA has signed', async () => {
  const front = await frontBy('others');
  try {
    const heard = jest.fn();
    node.on('request', heard);
    await expect(front.start()).rejects.toThrow('does not answer: 503');
    expect(heard).not.toHaveBeenCalled();
  } finally {
    await front.stop();
  }
});
