import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../../src/plan/load';
import { makeCa, makeCertificate } from '../../support/certificates';
import { run } from '../terminal';

const folder = mkdtempSync(join(tmpdir(), 'init-live-'));
makeCa(folder);
makeCertificate(folder, 'node', ['127.0.0.1']);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const { fingerprint256 } = new X509Certificate(read('ca.crt'));

/** What the node was told by those who asked it; it refuses them all. */
const logins: (string | undefined)[] = [];
const node = createServer({ key: read('node.key'), cert: read('node.crt') + read('ca.crt') }, (request, response) => {
  logins.push(request.headers.authorization);
  response.writeHead(403, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
  response.end('{"error":{"type":"security_exception","reason":"not allowed"},"status":403}');
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(node.address() as AddressInfo).port}`;
});
beforeEach(() => logins.splice(0));
afterAll(() => {
  node.close();
  rmSync(folder, { recursive: true });
});

const env = { ES_SECRET: 'c2VjcmV0' };
const init = (...flags: string[]) => run(['init', join(folder, 'plan.yaml'), '--from', url, ...flags], { env });

test.each([
  [['--api-key', 'env:ES_SECRET'], 'ApiKey c2VjcmV0'],
  [['--token', 'env:ES_SECRET'], 'Bearer c2VjcmV0'],
  [['--user', 'ann', '--password', 'env:ES_SECRET'], `Basic ${Buffer.from('ann:c2VjcmV0').toString('base64')}`],
  [[], undefined],
])('with %j it is that to the cluster', async (flags, header) => {
  const { code, stderr } = await init('--fingerprint', fingerprint256, ...flags);
  expect([code, stderr]).toEqual([3, expect.stringMatching(/refused with 403: not allowed.*\nSay by --user/)]);
  expect([...new Set(logins)]).toEqual([header]);
});

test('it is told to nobody who is not known by the fingerprint, or by the CA', async () => {
  const strange = fingerprint256.replace(/^../, fingerprint256.startsWith('00') ? '11' : '00');
  const wrong = await init('--fingerprint', strange, '--api-key', 'env:ES_SECRET');
  expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('no certificate that it shows has the')]);
  const unknown = await init('--api-key', 'env:ES_SECRET');
  expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('Say by --ca or --fingerprint')]);
  const plain = await init('--from', url.replace('https', 'http'));
  expect([plain.code, plain.stderr]).toEqual([3, expect.stringContaining('It may speak https')]);
  const gone = await init('--from', 'http://127.0.0.1:1');
  expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('Is it reached from here?')]);
  expect(logins).toEqual([]);
});

test.each([
  [['--api-key', 'c2VjcmV0'], '--api-key is not a reference'],
  [['--token', 'c2VjcmV0'], '--token is not a reference'],
  [['--api-key', 'env:NONE'], "--api-key env:NONE can't be read on this machine"],
  [['--api-key', 'env:ES_SECRET', '--user', 'ann'], 'cannot be used with'],
  [['--token', 'env:ES_SECRET', '--api-key', 'env:ES_SECRET'], 'cannot be used with'],
  [['--ca', 'ca.crt', '--fingerprint', fingerprint256], 'cannot be used with'],
])('%j is refused, and shows no secret', async (flags, message) => {
  const { code, stderr } = await init(...flags);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(stderr).not.toContain('c2VjcmV0');
});

test('the plan has the login by reference, and by what the nodes are known', async () => {
  const file = join(folder, 'written.yaml');
  const hosts = ['--old', 'old-1=10.0.1.11', '--new', 'new-1=10.0.2.11', '--app', 'app-1=10.0.3.11'];
  const app = ['--app-config', '/etc/shop.yaml', '--app-set', 'es={{urls}}', '--app-restart', 'r', '--app-check', 'c'];
  const given = ['--cluster', 'shop', '--hub', '10.0.1.5', ...hosts, ...app, '--fingerprint', fingerprint256];
  const { code, stderr } = await run(['init', file, ...given, '--api-key', 'env:ES_SECRET']);
  expect([code, stderr]).toEqual([0, '']);
  const { elasticsearch } = loadPlan(file);
  expect(elasticsearch).toMatchObject({ auth: { apiKey: 'env:ES_SECRET' }, https: { fingerprint: fingerprint256 } });
});
