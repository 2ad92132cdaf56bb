import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { frontConfig, type FrontNode, type FrontSettings } from '../../../src/activities/front/config';
import { frontLookScript, curlQuoted } from '../../../src/activities/front/proof';
import { passwordHashScript } from '../../../src/activities/front/steps';
import { scriptForStdin } from '../../../src/hosts/script';
import { parsePlan } from '../../../src/plan/parse';
import type { Plan } from '../../../src/plan/schema';
import { minimalPlan } from '../../plan/minimal';
import { freePort, haproxy as version, makeCertificates } from './real-front';

jest.setTimeout(60_000);

const PASSWORD = `p"a\\s's w$rd{}`;
/** A plan wants an address of its own for each host; all of 127/8 is this machine. */
const FRONT = '127.0.0.2';
const folder = mkdtempSync(join(tmpdir(), 'front-'));
const path = (name: string) => join(folder, name);
let nodes: Server[] = [];
let seen: { url: string; headers: IncomingHttpHeaders; node: number }[] = [];
let answer = 200;
/** What health checks are told instead. */
let checkAnswer: number | undefined;
let haproxy: ChildProcess | undefined;
let plan: Plan;

/** A small backend that answers as Elasticsearch does, and remembers what it was asked. */
async function startNode(node: number, port = 0): Promise<Server> {
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers, node });
    const status = request.url?.startsWith('/_cluster/health') ? (checkAnswer ?? answer) : answer;
    response.writeHead(status, { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' });
    request.resume().on('end', () => response.end('{"cluster_name":"shop"}'));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Runs a command beside the test's own servers, which answer from this process. */
async function run(command: string, args: string[], input: string): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(input);
  return text(child.stdout);
}

function script(lines: string, secrets: Record<string, string>): Promise<string> {
  return run('sh', ['-s'], scriptForStdin(lines, secrets));
}

async function startFront(user: FrontSettings['user'], until = '200'): Promise<void> {
  const behind = nodes.map((node, i) => ({ name: `new-${i + 1}`, address: `127.0.0.1:${portOf(node)}` }));
  const config = frontConfig({
    reload: 'reload it',
    haproxy: version,
    bind: `${FRONT}:${plan.front.port}`,
    certificate: path('front.pem'),
    nodes: behind as [FrontNode, ...FrontNode[]],
    cluster: { name: 'shop', version: '7.17.28', fronts: [{ name: 'new-1', address: `${FRONT}:${plan.front.port}` }] },
    ...(user && { user }),
  });
  writeFileSync(path('front.cfg'), config, { mode: 0o600 });
  const checked = spawnSync('haproxy', ['-c', '-f', path('front.cfg')], { encoding: 'utf8' });
  expect({ status: checked.status, said: checked.stderr.replace(/^\[NOTICE\].*\n/gm, '') }).toMatchObject({
    status: 0,
  });
  expect(checked.stderr).not.toMatch(/\[(WARNING|ALERT)\]/);
  haproxy = spawn('haproxy', ['-db', '-f', path('front.cfg')], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 100 && (await look()).right !== until; attempt += 1) await wait(100);
}

/** Waits until each node has failed a check more often than the front forgives. */
async function allChecksFailed(): Promise<void> {
  seen = [];
  const checks = (node: number) => seen.filter((one) => one.node === node && one.url.startsWith('/_cluster/health'));
  for (let attempt = 0; attempt < 200 && [1, 2].some((node) => checks(node).length < 5); attempt += 1) await wait(100);
  expect(Math.min(checks(1).length, checks(2).length)).toBeGreaterThanOrEqual(5);
}

async function stopFront(): Promise<void> {
  if (!haproxy || haproxy.exitCode !== null) return;
  const ended = new Promise((resolve) => haproxy?.once('exit', resolve));
  haproxy.kill('SIGKILL');
  await ended;
  haproxy = undefined;
}

/** What the product's own script sees of the front. */
async function look(password = PASSWORD) {
  const output = await script(frontLookScript(plan), {
    FRONT_USER: `user = "${curlQuoted(`shop:${password}`)}"`,
    WRONG_USER: 'user = "shop:wrong"',
    LOGIN: '',
  });
  const [front = '', old = ''] = output.split('\n');
  const [, , right, wrong, none, tls, problem] = front.split('\t');
  return { right, wrong, none, tls, problem, old };
}

function curl(...args: string[]): Promise<string> {
  const user = `user = "${curlQuoted(`shop:${PASSWORD}`)}"\n`;
  return run('curl', ['-sS', '-i', '--cacert', path('ca.crt'), '-K', '-', ...args], user);
}

beforeAll(async () => {
  makeCertificates(folder, [FRONT]);
  nodes = [await startNode(1), await startNode(2)];
  const base = minimalPlan();
  plan = parsePlan({
    ...base,
    elasticsearch: { ...base.elasticsearch, httpPort: portOf(nodes[0] as Server) },
    hosts: {
      ...base.hosts,
      old: [{ name: 'old-1', address: '127.0.0.1' }],
      new: [{ name: 'new-1', address: FRONT }],
    },
    front: { ...base.front, port: await freePort(), caFile: path('ca.crt') },
  });
});
beforeEach(() => {
  seen = [];
  answer = 200;
  checkAnswer = undefined;
});
afterEach(stopFront);
afterAll(() => {
  nodes.forEach((node) => {
    node.closeAllConnections();
    node.close();
  });
  rmSync(folder, { recursive: true });
});

async function hash(): Promise<string> {
  return (await script(passwordHashScript('shop'), { FRONT_PASSWORD: PASSWORD })).trim();
}

describe('a real HAProxy with the front’s configuration', () => {
  it('lets in who has the password, by TLS 1.2 or later, and nobody else', async () => {
    await startFront({ name: 'shop', hash: await hash() });
    expect(await look()).toEqual({
      right: '200',
      wrong: '401',
      none: '401',
      tls: 'refused',
      problem: '',
      old: expect.stringMatching(/^node\told-1\t200/),
    });
    expect(await look('other')).toMatchObject({ right: '401' });
    expect(await curl('--tls-max', '1.2', `https://${FRONT}:${plan.front.port}/`)).toMatch(/^HTTP\/1.1 200/);
  });

  it('hides the password from the node and passes what clients look for', async () => {
    await startFront({ name: 'shop', hash: await hash() });
    seen = [];
    expect(await curl('-d', '{}', `https://${FRONT}:${plan.front.port}/_bulk?x=1`)).toContain(
      'X-elastic-product: Elasticsearch',
    );
    const [bulk] = seen.filter(({ url }) => url === '/_bulk?x=1');
    expect(bulk?.headers.authorization).toBeUndefined();
    expect(seen.filter(({ url }) => url === '/_bulk?x=1')).toHaveLength(1);
  });

  it('goes on without a node that stopped, on a connection that stays open', async () => {
    await startFront({ name: 'shop', hash: await hash() });
    const [, second] = nodes;
    const port = portOf(second as Server);
    second?.closeAllConnections();
    await new Promise((resolve) => second?.close(resolve));
    const urls = Array.from({ length: 20 }, (_, i) => `https://${FRONT}:${plan.front.port}/doc/${i}`);
    expect((await curl(...urls)).match(/HTTP\/1.1 200/g)).toHaveLength(20);
    nodes[1] = await startNode(2, port);
  });

  it('says 503 when no node is well, and 401 to the wrong password even then', async () => {
    await startFront({ name: 'shop', hash: await hash() });
    answer = 503;
    for (let attempt = 0; attempt < 100 && (await look()).right !== '503'; attempt += 1) await wait(100);
    expect(await look()).toMatchObject({ right: '503', wrong: '401' });
  });

  it('asks nodes whose checks fail, when it has no other', async () => {
    await startFront({ name: 'shop', hash: await hash() });
    checkAnswer = 503;
    await allChecksFailed();
    const urls = Array.from({ length: 20 }, (_, i) => `https://${FRONT}:${plan.front.port}/doc/${i}`);
    expect((await curl(...urls)).match(/HTTP\/1.1 200/g)).toHaveLength(20);
    expect(new Set(seen.filter(({ url }) => url.startsWith('/doc/')).map(({ node }) => node))).toEqual(new Set([1, 2]));
  });

  it('leaves the users to a cluster that has its own', async () => {
    answer = 401;
    await startFront(undefined, '401');
    seen = [];
    expect(await curl(`https://${FRONT}:${plan.front.port}/mine`)).toMatch(/^HTTP\/1.1 401/);
    expect(seen.find(({ url }) => url === '/mine')?.headers.authorization).toMatch(/^Basic /);
    answer = 200;
  });
});

it('makes a hash of few rounds, a fresh one each time, and never shows the password', async () => {
  const first = await hash();
  expect(first).toMatch(/^\$6\$rounds=1000\$[0-9a-f]{16}\$[A-Za-z0-9./]{86}$/);
  expect(await hash()).not.toBe(first);
  expect(readFileSync(path('front.cfg'), 'utf8')).not.toContain(PASSWORD);
});
