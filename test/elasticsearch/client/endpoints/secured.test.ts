import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type Server } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURES } from '../../../../src/contract/failures';
import { endpointOf } from '../../../../src/elasticsearch/client/endpoints';
import { nodesCa, readCa } from '../../../../src/elasticsearch/client/endpoints/secured';
import type { Hosts } from '../../../../src/hosts/hosts';
import { parsePlan } from '../../../../src/plan/parse';
import { minimalPlan } from '../../../plan/minimal';
import { makeCa, makeCertificate } from '../../../support/certificates';

const folder = mkdtempSync(join(tmpdir(), 'ca-'));
makeCa(folder);
makeCertificate(folder, 'node', ['127.0.0.1']);
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const holding = (text: string) => ({ resolve: async () => text });

test('of the file of a CA only certificates are used, and nothing else that stands in it', async () => {
  const ca = await readCa(holding(`a note\n${read('ca.crt')}${read('ca.key')}${read('ca.crt')}`), 'file:/ca.pem');
  expect(ca).toBe(read('ca.crt') + read('ca.crt'));
});

test.each([
  ['nothing', 'it holds no certificate'],
  ['-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----', 'it holds what is no certificate'],
])('a file that holds %j is refused by name', async (text, why) => {
  const message = expect.stringContaining(`elasticsearch.https.ca: file:/ca.pem can't be used: ${why}`) as string;
  await expect(readCa(holding(text), 'file:/ca.pem')).rejects.toMatchObject({
    type: FAILURES.INVALID_PLAN,
    nonRetryable: true,
    message,
  });
});

test('nodes are spoken to as the plan says', async () => {
  const base = minimalPlan();
  const options = async (more: object) => {
    const plan = parsePlan({ ...base, elasticsearch: { ...base.elasticsearch, ...more } });
    const endpoint = await endpointOf(plan, holding(read('ca.crt')));
    return { ...endpoint.options('10.0.1.11', 9200), trust: endpoint.trust };
  };
  expect(await options({})).toEqual({ node: 'http://10.0.1.11:9200', trust: undefined });
  const https = { https: { ca: 'file:/ca.pem' } };
  expect(await options(https)).toEqual({ node: 'https://10.0.1.11:9200', trust: { ca: read('ca.crt') } });
  const fingerprint = 'AB:'.repeat(31) + 'CD';
  expect(await options({ https: { fingerprint } })).toEqual({ node: 'https://10.0.1.11:9200', trust: { fingerprint } });
});

describe('the CA of the nodes, for others', () => {
  const { fingerprint256 } = new X509Certificate(readFileSync(join(folder, 'ca.crt')));
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** A node that shows its own certificate and these. */
  const node = async (...more: string[]): Promise<number> => {
    const cert = ['node', ...more].map((name) => readFileSync(join(folder, `${name}.crt`), 'utf8')).join('');
    const server = createServer({ key: readFileSync(join(folder, 'node.key')), cert });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const found = (fingerprint: string, ports: Record<string, number>) => {
    const base = minimalPlan();
    const plan = parsePlan({ ...base, elasticsearch: { ...base.elasticsearch, https: { fingerprint } } });
    const agent = ({ name }: { name: string }) => ({
      createConnection: (_: unknown, told: (error: Error | null, stream?: Duplex) => void) => {
        const socket = connect(ports[name] ?? 1, '127.0.0.1');
        socket.once('connect', () => told(null, socket)).once('error', told);
      },
    });
    return nodesCa({ plan, hosts: { agent } as unknown as Hosts }, holding(''));
  };

  test('is of no node that does not show it, or is gone', async () => {
    const strange = fingerprint256.replaceAll(':', '').replace(/^../, '00');
    await expect(found(strange, { 'old-1': await node('ca') })).rejects.toThrow(
      /no node shows the CA of elasticsearch\.https\.fingerprint: .*no certificate that it shows has the fingerprint 00/,
    );
    await expect(found(fingerprint256, { 'old-1': await node() })).rejects.toThrow('no certificate that it shows has');
  });

  test('is no certificate of a node', async () => {
    const own = new X509Certificate(readFileSync(join(folder, 'node.crt'))).fingerprint256;
    await expect(found(own, { 'old-1': await node('ca') })).rejects.toThrow('is not that of a CA');
  });

  test('is what the first node shows that answers', async () => {
    const last = minimalPlan().hosts.new.at(-1)?.name ?? '';
    const ca = await found(fingerprint256.toLowerCase(), { [last]: await node('ca') });
    expect(new X509Certificate(ca ?? '').fingerprint256).toBe(fingerprint256);
  });
});
