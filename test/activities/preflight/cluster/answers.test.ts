import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askOldNodes } from '../../../../src/activities/preflight/cluster/nodes';
import { testDeps, testPlan } from '../../../elasticsearch/world';
import { makeCa, makeCertificate } from '../../../support/certificates';

let server: Server | undefined;
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))));

/** Listens on a port of its own; without a server nobody does. */
async function listen(made: Server): Promise<number> {
  server = made.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const http = (listener: RequestListener) => listen(createServer({ keepAlive: false }, listener));
const says = (
  status: number,
  body: object,
  headers: Record<string, string> = { 'x-elastic-product': 'Elasticsearch' },
) =>
  http((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers });
    response.end(JSON.stringify(body));
  });

/** What preflight says of an old node behind this port. */
async function told(httpPort: number, auth?: { username: string; password: string }, ca?: string) {
  const https = ca === undefined ? undefined : { ca: 'file:/ca.crt' };
  const elasticsearch = { clusterName: 'real', httpPort, ...(auth && { auth }), ...(https && { https }) };
  const plan = testPlan([{ name: 'old-1', address: '127.0.0.1' }], [{ name: 'new-1', address: '127.0.2.1' }], {
    elasticsearch,
  });
  const { scope, hosts } = await testDeps(plan, {
    resolve: async (ref) => (ref === https?.ca ? (ca ?? '') : 'secret'),
  });
  const { checks } = await askOldNodes(scope);
  await Promise.all([scope.cluster.close(), hosts.close()]);
  expect(checks).toMatchObject([{ name: 'cluster-answers', subject: 'old-1', result: 'failed', waivable: false }]);
  return checks[0]?.remedy ?? '';
}

const RUNS = /start Elasticsearch/;

test('where nothing listens, Elasticsearch is to be started', async () => {
  const port = await http(() => undefined);
  await new Promise((done) => server?.close(done));
  server = undefined;
  expect(await told(port)).toMatch(RUNS);
});

test('where a connection is closed on plain http, https is asked for', async () => {
  const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
  const remedy = await told(port);
  expect(remedy).toContain('xpack.security.http.ssl.enabled');
  expect(remedy).not.toMatch(RUNS);
});

describe('where the plan says https', () => {
  const folder = mkdtempSync(join(tmpdir(), 'answers-'));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  beforeAll(() => {
    for (const ca of ['ca', 'others']) makeCa(folder, ca);
    makeCertificate(folder, 'own', ['127.0.0.1']);
    makeCertificate(folder, 'elsewhere', ['127.0.0.2']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const secured = (name: string) =>
    listen(createHttpsServer({ key: read(`${name}.key`), cert: read(`${name}.crt`) }, () => undefined));

  test.each([
    ['own', 'others'],
    ['elsewhere', 'ca'],
  ])('a certificate %s that is not believed by %s is to be mended, or the CA', async (name, ca) => {
    expect(await told(await secured(name), undefined, read(`${ca}.crt`))).toMatch(/name the CA of its certificate/);
  });

  test('plain http is named', async () => {
    expect(await told(await says(200, {}), undefined, read('ca.crt'))).toMatch(/remove elasticsearch\.https/);
  });
});

test.each([
  ['no login', undefined, /add elasticsearch\.auth to the plan/],
  ['another login', { username: 'u', password: 'env:PASSWORD' }, /correct elasticsearch\.auth/],
])('where it answers 401 to %s, that is to be mended', async (_what, auth, remedy) => {
  const said = await told(await says(401, { error: { reason: 'missing authentication credentials' } }), auth);
  expect(said).toMatch(remedy);
  expect(said).not.toMatch(RUNS);
});

test('where it answers 403, rights are to be given', async () => {
  expect(await told(await says(403, { error: { reason: 'action is unauthorized' } }))).toMatch(/examples\/role\.json/);
});

test.each([
  ['an answer of something else', () => says(200, { cluster_name: 'real' }, {})],
  ['a version that refuses the kind of answer', () => says(406, { error: 'Content-Type is not supported' }, {})],
])('after %s, the versions are said', async (_what, port) => {
  const remedy = await told(await port());
  expect(remedy).toMatch(/7\.17, 8\.x and 9\.x/);
  expect(remedy).toMatch(/OpenSearch/);
  expect(remedy).not.toMatch(RUNS);
});

test('after an answer that is none of this question, the address is doubted', async () => {
  expect(await told(await says(200, { tagline: 'You Know, for Search' }))).toMatch(/correct address and httpPort/);
});

test('where it answers 503, its log is named', async () => {
  const remedy = await told(await says(503, { error: { reason: 'no master' } }));
  expect(remedy).toMatch(/log/);
  expect(remedy).not.toMatch(RUNS);
});
