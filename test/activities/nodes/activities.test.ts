import { Client } from '@elastic/elasticsearch';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createNodeActivities, stopServiceStep } from '../../../src/activities/nodes/activities';
import { nodeAnswers, excerptOfLogs, missingFiles } from '../../../src/activities/nodes/scripts';
import { FAILURES } from '../../../src/contract/failures';
import { flattenConfig } from '../../../src/hosts/app-config/yaml/edit';
import { scriptForStdin } from '../../../src/hosts/script';
import { hostRef } from '../../../src/plan/hosts';
import type { Plan } from '../../../src/plan/schema';
import { makeCa, makeCertificate } from '../../support/certificates';
import { loopbackHosts, loopbackPlan, startSshd, type TestSshd } from '../../hosts/ssh/sshd';
import { testDeps } from '../deps';

jest.setTimeout(60_000);

const ORIGINAL =
  '# kept\ncluster.name: shop\nnode.name: one\ndiscovery.seed_hosts: [127.0.0.1]\ngateway.expected_data_nodes: 1\n';
let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
let member: Server;
let version = '7.17.28';
/** Roles of the members, the first of which is old. */
let roles: string[][] = [['data']];
let file: string;
let plan: Plan;
const nodes = () =>
  createNodeActivities(
    testDeps({
      plan,
      hosts: world.hosts,
      cluster: {
        via: () => new Client({ node: `http://127.0.0.1:${port()}`, maxRetries: 0 }),
        close: async () => undefined,
      },
    }),
  );
const port = () => (member.address() as AddressInfo).port;
const settings = () => Object.fromEntries(flattenConfig(readFileSync(file, 'utf8')));

/** A member of the cluster, as far as telling names and versions goes. */
beforeAll(async () => {
  sshd = await startSshd();
  member = createServer((request, response) => {
    const members = roles.map((held, i) => ({
      name: ['old-1', 'new-1', 'kibana'][i],
      version,
      roles: held,
      transport_address: '127.0.0.1:9300',
      transport: { publish_address: 'a:1' },
      http: { publish_address: 'a:2' },
    }));
    const byId = Object.fromEntries(members.map((node, i) => [i === 0 ? 'id' : `id-${i}`, node]));
    response.writeHead(200, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
    const body = request.url?.startsWith('/_cluster/state')
      ? { cluster_name: 'shop', cluster_uuid: 'u', master_node: 'id', nodes: byId }
      : { _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: 'shop', nodes: byId };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => member.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  member.closeAllConnections();
  member.close();
  await sshd.stop();
});
beforeEach(() => {
  version = '7.17.28';
  roles = [['data']];
  const folder = join(sshd.folder, 'es');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  file = join(folder, 'elasticsearch.yml');
  writeFileSync(file, ORIGINAL, { mode: 0o640 });
  const base = loopbackPlan(sshd);
  plan = { ...base, elasticsearch: { ...base.elasticsearch, configFile: file } };
  world = loopbackHosts(sshd, { plan });
});
afterEach(() => world.hosts.close());

describe('elasticsearch.yml on hosts', () => {
  it('makes a new node a member, keeps the mode, and the undo brings the very file back', async () => {
    const [entry] = await nodes().configureNewNode({ host: 'new-1' });
    expect(entry).toMatchObject({ host: 'new-1', phase: 'join', changed: true });
    expect(settings()).toMatchObject({
      'node.name': 'new-1',
      'network.host': '198.18.2.11',
      'gateway.expected_data_nodes': 2,
    });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    await nodes().configureNewNode({ host: 'new-1' });
    await world.hosts.undo(world.ref('new-1'));
    expect(readFileSync(file, 'utf8')).toBe(ORIGINAL);
  });

  it('lowers expected nodes step by step, each with a record of its own, and all of it comes back', async () => {
    await nodes().alignOldNode({ host: 'old-1' });
    expect(settings()).toMatchObject({
      'discovery.seed_hosts': ['127.0.0.1', '198.18.2.11'],
      'gateway.expected_data_nodes': 2,
    });
    for (const expected of [4, 3, 2]) {
      const [entry] = await nodes().setExpectedNodes({ host: 'old-1', expected });
      expect(entry).toMatchObject({ phase: 'drain', step: `expected-nodes-${expected}` });
      expect(settings()).toMatchObject({ 'gateway.expected_data_nodes': expected });
    }
    await nodes().pointSeedsAtNew({ host: 'old-1' });
    expect(settings()).toMatchObject({ 'discovery.seed_hosts': ['198.18.2.11'] });
    await world.hosts.undo(world.ref('old-1'));
    expect(readFileSync(file, 'utf8')).toBe(ORIGINAL);
  });

  it('counts nodes that hold data, of any tier, and no dedicated master: the old ones by the cluster, the new ones by their files', async () => {
    const written = async (old: string[], fresh: string) => {
      roles = [old];
      writeFileSync(file, `${ORIGINAL}${fresh}`);
      await nodes().configureNewNode({ host: 'new-1' });
      return settings()['gateway.expected_data_nodes'];
    };
    expect(await written(['master'], '')).toBe(1);
    expect(await written(['data_frozen'], 'node.roles: [master, ingest]\n')).toBe(1);
    expect(await written(['data_hot'], 'node.roles: [data_cold]\n')).toBe(2);
    plan.elasticsearch.newNodeSettings = { 'node.roles': ['master'] };
    expect(await written(['data'], 'node.roles: [data]\n')).toBe(1);
    writeFileSync(file, 'cluster.name: shop\n');
    await nodes().alignOldNode({ host: 'old-1' });
    expect(settings()).toMatchObject({ 'gateway.expected_data_nodes': 1 });
    plan.elasticsearch.newNodeSettings = {};
    await expect(written(['data'], 'node.roles: ${ROLES}\n')).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringMatching(/new-1: .*\$\{ROLES\}.*resume/) as string,
    });
  });

  it('counts at each drain those of the nodes that stay that hold data; one that is not to be seen counts', async () => {
    for (const [held, expected] of [
      [[['data'], ['master'], ['ingest']], 1],
      [[['data'], ['data', 'master']], 2],
      [[['data']], 2],
      [[['master']], 1],
    ] as const) {
      roles = held.map((one) => [...one]);
      await nodes().setExpectedNodes({ host: 'new-1', expected: 2 });
      expect(settings()).toMatchObject({ 'gateway.expected_data_nodes': expected });
    }
  });

  it('lowers nothing where no nodes are expected, as on 8.x', async () => {
    version = '8.17.0';
    writeFileSync(file, 'cluster.name: shop\n');
    await nodes().configureNewNode({ host: 'new-1' });
    expect(settings()).not.toHaveProperty(['gateway.expected_data_nodes']);
    const before = readFileSync(file, 'utf8');
    await expect(nodes().setExpectedNodes({ host: 'new-1', expected: 2 })).resolves.toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('refuses security settings whose files are missing on the new host', async () => {
    writeFileSync(file, `${ORIGINAL}xpack.security.transport.ssl.keystore.path: certs/t.p12\n`);
    await expect(nodes().configureNewNode({ host: 'new-1' })).rejects.toMatchObject({
      type: FAILURES.STEP_FAILED,
      nonRetryable: true,
      message: expect.stringMatching(/new-1: .*missing here: certs\/t.p12/) as string,
    });
  });

  it('refuses a file that it can’t read, by host and path', async () => {
    writeFileSync(file, 'a: [\n');
    // Both hosts are this one, and the new one's file is read first, for its roles.
    await expect(nodes().alignOldNode({ host: 'old-1' })).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringContaining(`new-1: ${file} is not valid YAML`) as string,
    });
    rmSync(file);
    await expect(nodes().alignOldNode({ host: 'old-1' })).rejects.toThrow(`there is no file ${file}`);
  });
});

describe('scripts on nodes', () => {
  const speaking = (how: Partial<Plan['elasticsearch']>) => {
    return { ...plan, elasticsearch: { ...plan.elasticsearch, ...how } };
  };
  async function status(script: string): Promise<{ code: number | null; out: string }> {
    const child = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(scriptForStdin(script));
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, out };
  }

  it('knows a node that answers from one that does not', async () => {
    const at = async (httpPort: number) => (await status(nodeAnswers(speaking({ httpPort }), '127.0.0.1'))).code;
    expect(await at(port())).toBe(0);
    expect(await at(1)).not.toBe(0);
    expect(await at(sshd.port)).not.toBe(0);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'knows one that speaks https from one that does not, by %s',
    async (least) => {
      makeCa(sshd.folder);
      makeCertificate(sshd.folder, 'node', ['127.0.0.1']);
      const [key, cert] = ['node.key', 'node.crt'].map((name) => readFileSync(join(sshd.folder, name)));
      const node = createTlsServer({ key, cert, minVersion: least }, (socket) => socket.on('error', () => undefined));
      node.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
      const https = { ca: 'file:/ca.pem', verification: 'full' as const };
      const at = async (httpPort: number) =>
        (await status(nodeAnswers(speaking({ https, httpPort }), '127.0.0.1'))).code;
      try {
        expect(await at((node.address() as AddressInfo).port)).toBe(0);
        expect(await at(port())).not.toBe(0);
        expect(await at(1)).not.toBe(0);
      } finally {
        node.close();
      }
    },
  );

  it('names missing files, and shows the last errors of the log', async () => {
    expect((await status(missingFiles(['elasticsearch.yml', 'x y', '/nope'], file))).out).toBe('x y\n/nope\n');
    const folder = join(sshd.folder, 'es');
    writeFileSync(file, `path.logs: "${folder}"\n`);
    writeFileSync(join(folder, 'shop.log'), '[INFO] fine\n[ERROR] bootstrap checks failed\n');
    expect((await status(excerptOfLogs(plan, hostRef(plan, 'new-1')))).out).toBe('[ERROR] bootstrap checks failed\n');
    // What was cut is marked: what is left of a secret there is known by that.
    writeFileSync(join(folder, 'shop.log'), `[ERROR] ${'x'.repeat(300)}\n`);
    expect((await status(excerptOfLogs(plan, hostRef(plan, 'new-1')))).out).toBe(`[ERROR] ${'x'.repeat(242)}…\n`);
  });
});

it('stops the service of an old node with an undo', () => {
  const step = stopServiceStep(plan, 'old-1');
  expect(step).toMatchObject({ phase: 'drain', id: 'elasticsearch-stopped' });
  expect(step.apply).toContain("systemctl stop 'elasticsearch.service'");
  expect(step.undo).toContain("systemctl start 'elasticsearch.service'");
});
