import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { probeScript, probeRedirects, type Expected } from '../../../src/activities/redirect/proof';
import type { Hosts } from '../../../src/hosts/hosts';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';
import { makeCa, makeCertificate } from '../../support/certificates';
import { testDeps } from '../deps';

const servers: Server[] = [];
const seen: IncomingHttpHeaders[] = [];

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
afterEach(() => {
  seen.length = 0;
  for (const server of servers.splice(0)) server.close();
});

const elasticsearch = (name: string, login?: string) =>
  listening(
    createHttpServer((request, response) => {
      seen.push(request.headers);
      const letIn = login === undefined || request.headers.authorization === login;
      response.writeHead(letIn ? 200 : 401, { 'content-type': 'application/json' });
      response.end(letIn && request.url?.startsWith('/_nodes/_local') ? `{"nodes":{"x":{"name":"${name}"}}}` : '{}');
    }),
  );
const saying = (text: string) => listening(createServer((socket) => socket.end(text)));
const closedPort = async () => {
  const port = await saying('');
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return port;
};

/** What the probe says of a peer at the loopback address. */
async function probe(
  ports: { http: number; transport: number },
  expected: Partial<Expected>,
  { login = '', ca }: { login?: string; ca?: string } = {},
) {
  const base = minimalPlan();
  const plan = parsePlan({
    ...base,
    elasticsearch: {
      ...base.elasticsearch,
      ...{ httpPort: ports.http, transportPort: ports.transport },
      ...(ca !== undefined && { https: { ca: 'file:/ca.crt' } }),
    },
  });
  const node = {
    host: 'new-1',
    nodeName: 'es-1',
    side: 'new' as const,
    address: '127.0.0.1',
    vpnAddress: '198.19.0.12',
  };
  const script = `LOGIN='${login}' NODES_CA='${ca ?? ''}'\n${probeScript(plan, [{ node, ...expected }])}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script], {
    env: { ...process.env, http_proxy: 'http://127.0.0.1:1' },
  });
  const lines = stdout.trim().split('\n');
  expect(lines.pop()).toBe('ASKED ALL');
  return lines;
}

describe('the probe of one peer, against real listeners', () => {
  it('is content with the right name and an open transport port', async () => {
    expect(await probe({ http: await elasticsearch('es-1'), transport: await saying('') }, {})).toEqual([]);
  });

  it('refuses another node, however well it answers', async () => {
    const [line, ...rest] = await probe({ http: await elasticsearch('es-11'), transport: await saying('') }, {});
    expect(line).toMatch(/^NO new-1 at 127\.0\.0\.1:\d+ \(http\) did not answer with the name es-1$/);
    expect(rest).toEqual([]);
  });

  it('names each port that takes no connection', async () => {
    const lines = await probe({ http: await closedPort(), transport: await closedPort() }, {});
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('(transport) took no connection');
  });

  it('logs in where security is on; a refusal is no proof of who answers', async () => {
    const login = `Basic ${Buffer.from('elastic:secret').toString('base64')}`;
    const ports = { http: await elasticsearch('es-1', login), transport: await saying('') };
    expect(await probe(ports, {}, { login })).toEqual([]);
    expect(await probe(ports, {})).toHaveLength(1);
    expect(seen[1]?.authorization).toBeUndefined();
  });

  it('by https tells nobody the login who does not show a certificate of the CA for this address', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'probe-'));
    try {
      for (const ca of ['ca', 'others']) makeCa(folder, ca);
      makeCertificate(folder, 'own', ['127.0.0.1']);
      makeCertificate(folder, 'elsewhere', ['127.0.0.2']);
      const read = (name: string) => readFileSync(join(folder, name), 'utf8');
      const secured = (name: string) =>
        listening(
          createHttpsServer({ key: read(`${name}.key`), cert: read(`${name}.crt`) }, (request, response) => {
            seen.push(request.headers);
            response.end('{"nodes":{"x":{"name":"es-1"}}}');
          }),
        );
      const transport = await saying('');
      const login = `ApiKey ${Buffer.from('id:secret').toString('base64')}`;
      const own = { http: await secured('own'), transport };
      expect(await probe(own, {}, { login, ca: read('ca.crt') })).toEqual([]);
      expect(seen.map(({ authorization }) => authorization)).toEqual([login]);
      expect(await probe(own, {}, { login, ca: read('others.crt') })).toHaveLength(1);
      const elsewhere = { http: await secured('elsewhere'), transport };
      expect(await probe(elsewhere, {}, { login, ca: read('ca.crt') })).toHaveLength(1);
      const plain = { http: await elasticsearch('es-1'), transport };
      expect(await probe(plain, {}, { login, ca: read('ca.crt') })).toHaveLength(1);
      expect(seen).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is done soon with who talks without end', async () => {
    const endless = () =>
      listening(
        createServer((socket) => {
          const talk = () => {
            while (socket.write('x'.repeat(65_536)));
          };
          socket.on('drain', talk).on('error', () => undefined);
          talk();
        }),
      );
    const begun = Date.now();
    const ports = { http: await endless(), transport: await endless() };
    expect(await probe(ports, { word: 'word-1' })).toHaveLength(2);
    expect(await probe(ports, {})).toHaveLength(1);
    expect(Date.now() - begun).toBeLessThan(8_000);
  });

  it('knows a waiting node by its word, and no other', async () => {
    const ports = { http: await saying('word-1\n'), transport: await saying('word-1\n') };
    expect(await probe(ports, { word: 'word-1' })).toEqual([]);
    expect(await probe({ ...ports, transport: await saying('word-2\n') }, { word: 'word-1' })).toHaveLength(1);
    expect(await probe({ ...ports, http: await closedPort() }, { word: 'word-1' })).toHaveLength(1);
  });
});

describe('the proof of all pairs', () => {
  const plan = parsePlan(minimalPlan());
  /** Hosts on which nothing runs yet; `answer` is what a probe prints. */
  const world = (answer: (host: string) => string, closing: () => void = () => undefined) => {
    const scripts: string[] = [];
    const hosts = {
      read: async () => ({ code: 3, stdout: '', stderr: '' }),
      ask: async ({ name }: { name: string }, script: string) => {
        scripts.push(script);
        if (script.includes('ASKED ALL')) return answer(name);
        if (!script.includes('systemd-run')) closing();
        return '';
      },
    } as unknown as Hosts;
    const closed = () => scripts.filter((script) => script.startsWith('systemctl stop')).length;
    return { scope: { plan, hosts, cluster: undefined as never }, closed };
  };
  const hosts = plan.hosts.old.length + plan.hosts.new.length;

  it('says which host could not reach which, and closes every listener', async () => {
    const from = plan.hosts.old[0]?.name ?? '';
    const { scope, closed } = world((host) => (host === from ? 'NO x did not answer\nASKED ALL\n' : 'ASKED ALL\n'));
    const { pairs, failures } = await probeRedirects(testDeps(scope), scope);
    expect(failures).toEqual([`from ${from}: x did not answer`]);
    expect(pairs).toBe(2 * plan.hosts.old.length * plan.hosts.new.length);
    expect(closed()).toBe(hosts);
  });

  it('takes an answer that is cut off for a failure', async () => {
    const { scope } = world(() => '');
    const { failures } = await probeRedirects(testDeps(scope), scope);
    expect(failures).toHaveLength(hosts);
  });

  it('tells what went wrong first, and closes the listeners even then', async () => {
    const fail = (text: string) => () => {
      throw new Error(text);
    };
    const { scope, closed } = world(fail('the host is gone'), fail('and cannot be closed'));
    await expect(probeRedirects(testDeps(scope), scope)).rejects.toThrow('the host is gone');
    expect(closed()).toBe(hosts);
  });

  it('fails when a listener stays open, for it would hold the port of Elasticsearch', async () => {
    const { scope } = world(
      () => 'ASKED ALL\n',
      () => {
        throw new Error('cannot be closed');
      },
    );
    await expect(probeRedirects(testDeps(scope), scope)).rejects.toThrow('cannot be closed');
  });
});
