import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesScript, parseFiles } from '../../../../src/activities/preflight/cluster/node-certificate-files';
import {
  nodeCertificateChecks,
  type NodeCertificate,
} from '../../../../src/activities/preflight/cluster/node-certificates';
import { makeCa, makeCertificate } from '../../../support/certificates';
import { testPlan } from '../../../elasticsearch/world';
import { notWell, worldBefore } from './looked';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigswitch-certificates-'));
  for (const ca of ['ca', 'others']) makeCa(folder, ca);
  makeCertificate(folder, 'node', ['198.18.2.11']);
  makeCertificate(folder, 'strange', ['198.18.2.11'], 'others');
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const publicKey = (name: string) =>
  execFileSync('openssl', ['pkey', '-in', join(folder, `${name}.key`), '-pubout'], { encoding: 'utf8' });

const DAY = 86_400_000;
const looked = (given: Partial<NodeCertificate> = {}, days = 1) => {
  const seen: NodeCertificate = {
    host: 'new-1',
    address: '198.18.2.11',
    port: 'transport',
    path: 'certs/node.crt',
    chain: read('node.crt'),
    publicKey: publicKey('node'),
    authorities: read('ca.crt'),
    believers: 'the old nodes',
    addressToo: true,
    ...given,
  };
  return nodeCertificateChecks([], [seen], Date.now() + days * DAY).filter(({ result }) => result !== 'ok');
};

describe('a certificate of a new node', () => {
  it('is well when the old nodes’ CA signed it for its address; that it ends soon is told', () => {
    expect(looked()).toMatchObject([{ result: 'warn', seen: 'certs/node.crt is good for 0 more days' }]);
  });

  it.each([
    ['is over', {}, 3, /has not been good since/],
    ['is not good yet', {}, -3, /is not good before/],
    ['is of another CA', 'strange', 1, /the old nodes do not believe .* signed by "CN=test others"/],
    ['is for another address', { address: '198.18.2.12' }, 1, /does not name 198\.18\.2\.12, only IP Address:198/],
    ['is of another key', 'key', 1, /is not of the key/],
    ['is none', { chain: 'nothing' }, 1, /holds no certificate/],
  ] as const)('that %s is refused', (_what, given, days, seen) => {
    const other: Record<string, Partial<NodeCertificate>> = {
      strange: { chain: read('strange.crt'), publicKey: publicKey('strange') },
      key: { publicKey: publicKey('strange') },
    };
    const found = looked(typeof given === 'string' ? other[given] : given, days);
    const failed = found.filter(({ result }) => result === 'failed');
    expect(failed).toMatchObject([
      { name: 'node-certificates', subject: 'new-1:transport', seen: expect.stringMatching(seen) as string },
    ]);
  });

  it('is believed through issuers that its file brings', () => {
    const config = join(folder, 'between.cnf');
    writeFileSync(config, 'basicConstraints=critical,CA:TRUE\n');
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', ...key, '-keyout', 'between.key', '-out', 'between.csr', '-subj', '/CN=between');
    openssl(
      ...['x509', '-req', '-in', 'between.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-extfile', config, '-out', 'between.crt', '-days', '2'],
    );
    makeCertificate(folder, 'leaf', ['198.18.2.11'], 'between');
    const failed = (chain: string) =>
      looked({ chain, publicKey: publicKey('leaf') }).filter(({ result }) => result === 'failed');
    expect(failed(read('leaf.crt') + read('between.crt'))).toEqual([]);
    expect(failed(read('leaf.crt'))).toHaveLength(1);
  });

  it('is judged at once where all certificates of its file have signed each other', () => {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'circle.key');
    const one = (name: string) => {
      openssl('req', '-x509', '-key', 'circle.key', '-out', `${name}.crt`, '-subj', '/CN=circle', '-days', '2');
      return read(`${name}.crt`);
    };
    const chain = Array.from({ length: 13 }, (_, index) => one(`circle-${index}`)).join('');
    const begun = Date.now();
    expect(looked({ chain, publicKey: undefined, addressToo: false })).toContainEqual(
      expect.objectContaining({ seen: expect.stringContaining('do not believe') as string }),
    );
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  it('tells no more of a certificate than people read', () => {
    makeCertificate(
      folder,
      'long',
      Array.from({ length: 5_000 }, (_, n) => `198.19.${n >> 8}.${n & 255}`),
    );
    const [found] = looked({ chain: read('long.crt'), publicKey: undefined }).filter(({ result }) => result !== 'warn');
    expect(found?.seen).toMatch(/^certs\/node\.crt does not name 198\.18\.2\.11, only IP Address:198.*…$/);
    expect(found?.seen.length).toBe(2_000);
  });

  it('is told where nobody can say: a keystore with a password, a CA that could not be seen', () => {
    expect(looked({ chain: undefined })).toMatchObject([
      { result: 'warn', seen: expect.stringContaining('no PEM') as string },
    ]);
    expect(looked({ authorities: '', publicKey: undefined }).map(({ result }) => result)).toEqual(['warn', 'warn']);
  });
});

const SECURED = `xpack.security.enabled: true
xpack.security.transport.ssl.enabled: true
xpack.security.transport.ssl.key: certs/node.key
xpack.security.transport.ssl.certificate: certs/node.crt
xpack.security.transport.ssl.certificate_authorities: [ certs/ca.crt ]
`;

describe('on a real shell', () => {
  const plan = testPlan([{ name: 'old-1', address: '127.0.0.1' }], [{ name: 'new-1', address: '127.0.2.1' }]);

  it('tells what is there, certificates, and the public half of a key; never a key', () => {
    const home = join(folder, 'es');
    mkdirSync(join(home, 'certs'), { recursive: true });
    writeFileSync(join(home, 'certs', 'node.crt'), read('node.crt'));
    writeFileSync(join(home, 'certs', 'node.key'), read('node.key'));
    writeFileSync(join(home, 'certs', 'both.pem'), read('node.crt') + read('node.key'));
    plan.elasticsearch.configFile = join(home, 'elasticsearch.yml');
    const files = ['certs/node.key', 'certs/node.crt', 'certs/both.pem', 'certs/gone.crt'];
    const out = execFileSync('sh', ['-c', filesScript(plan, files, ['certs/node.key'])], { encoding: 'utf8' });
    expect(parseFiles(out)).toEqual([
      { path: 'certs/node.key', isThere: true, publicKey: publicKey('node') },
      { path: 'certs/node.crt', isThere: true, content: read('node.crt').trimEnd() + '\n' },
      { path: 'certs/both.pem', isThere: true },
    ]);
    expect(out).not.toContain(Buffer.from(read('node.key')).toString('base64').slice(40, 120));
    expect(() => parseFiles(out.replace(/end\n$/, ''))).toThrow('did not tell all');
  });
});

it('is looked at in preflight: what the old nodes’ settings name must be on each new host, and believed', async () => {
  const world = worldBefore({}, [], {}, SECURED);
  const tell = (path: string, content = '') =>
    `there ${Buffer.from(path).toString('base64')} -\n` +
    (content === ''
      ? ''
      : `content ${Buffer.from(path).toString('base64')} ${Buffer.from(content).toString('base64')}\n`);
  world.hosts.tell((host, script) => {
    if (!script.includes('PRIVATE KEY-----')) return undefined;
    if (host.startsWith('old')) return { stdout: `${tell('certs/ca.crt', read('others.crt'))}end\n` };
    if (host === 'new-2') return { stdout: 'end\n' };
    return {
      stdout: `${tell('certs/node.key')}${tell('certs/node.crt', read('node.crt'))}${tell('certs/ca.crt')}end\n`,
    };
  });
  const found = (await notWell(world)).filter(
    ({ name, result }) => name === 'node-certificates' && result === 'failed',
  );
  expect(found.map(({ subject, seen }) => `${subject} ${seen.slice(0, 60)}`)).toEqual([
    "new-2 the old nodes' security settings name files that are not the",
    expect.stringContaining('new-1:transport the old nodes do not believe certs/node.crt'),
  ]);
});
