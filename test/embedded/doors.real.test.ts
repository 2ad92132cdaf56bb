import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import execa, { type ExecaChildProcess } from 'execa';
import type { Browser } from 'playwright-core';
import { which } from '../../lab/setup/command';
import { ensureTemporal } from '../../lab/setup/go';
import { freePort } from '../../src/embedded/processes';
import { launchChromium } from '../console/browser';
import { listening, treeOf, type Listening } from '../doors/listening';
import { ask, call, canBeAnother, firstWords, foreign, PATHS, START, TYPES } from '../doors/strangers';

const ROOT = join(__dirname, '..', '..');

jest.setTimeout(240_000);

/** `bigswitch up`, and what of it can be reached. */
interface Running {
  child: ExecaChildProcess;
  port: number;
  uiPort: number;
  reached: Listening[];
  client: Client;
  stop(): Promise<void>;
}

async function runUp(flags: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-doors-'));
  const [port, uiPort] = [await freePort(0), await freePort(0)];
  const place = ['--data', folder, '--port', String(port), '--ui-port', String(uiPort), ...flags];
  const temporal = ['--temporal-bin', await ensureTemporal()];
  const argv = ['--require', 'tsx/cjs', 'src/cli/main.ts', '--json', 'up', ...place, ...temporal];
  const child = execa(process.execPath, argv, { cwd: ROOT, reject: false, env });
  await Promise.race([once(child.stdout ?? child, 'data'), child]);
  if (child.exitCode !== null) throw new Error((await child).stderr);
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  return {
    ...{ child, port, uiPort, reached: listening(treeOf(child.pid ?? 0)), client: new Client({ connection }) },
    stop: async () => {
      await connection.close();
      child.kill('SIGINT');
      await child;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Whether anything was started by what must start nothing. */
async function evilStarted({ client }: Running): Promise<boolean> {
  const found = client.workflow.getHandle('evil').describe();
  return found.then(
    () => true,
    (error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    },
  );
}

/** Everything that must not be answered, on one port. @returns what was answered all the same */
async function answeredTo(port: number): Promise<string[]> {
  const answered: string[] = [];
  for (const headers of foreign(port)) {
    const { status } = await ask(port, 'GET', '/api/v1/namespaces', headers);
    if (status >= 200 && status < 300) answered.push(`GET ${JSON.stringify(headers)}: ${status}`);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      for (const [at, type] of TYPES.entries()) {
        const all = {
          ...headers,
          'content-type': type,
          cookie: '_csrf=mine',
          'x-csrf-token': 'mine',
          authorization: 'x',
        };
        const answer = await ask(port, method, PATHS[at % 2] ?? '', all, START);
        const open = answer.status >= 200 && answer.status < 300;
        if (open || answer.headers['access-control-allow-origin']) answered.push(`${method} ${JSON.stringify(all)}`);
      }
    }
  }
  return answered;
}

describe('bigswitch up', () => {
  let up: Running;
  let browser: Browser;
  beforeAll(async () => {
    up = await runUp();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await up?.stop();
  });

  test('listens where it says, on loopback, and nowhere else', () => {
    const found = up.reached.map(({ address, port, program }) => [address, port, program]);
    expect(found.sort()).toEqual(
      [
        ['127.0.0.1', up.port, 'node'],
        ['127.0.0.1', up.uiPort, 'node'],
      ].sort(),
    );
  });

  test('answers no page but its own, by whatever name, method, type or cookie', async () => {
    for (const { port } of up.reached) expect([port, await answeredTo(port)]).toEqual([port, []]);
    expect(await evilStarted(up)).toBe(false);
  });

  test('answers its own pages, and who types its address', async () => {
    const own = { host: `127.0.0.1:${up.uiPort}` };
    const page = await ask(up.uiPort, 'GET', '/', own);
    expect([page.status, page.headers['x-frame-options']]).toEqual([200, 'DENY']);
    const link = { ...own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await ask(up.uiPort, 'GET', '/namespaces/default/workflows', link)).status).toBe(200);
  });

  test('is shown and used in a browser at its own address', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${up.uiPort}/namespaces/default/workflows`);
    await page.getByText('Workflows', { exact: false }).first().waitFor();
    const answer = await page.evaluate<string>(
      `fetch('/api/v1/settings').then(() => fetch('${PATHS[1]?.replace('evil', 'wanted')}', {
        method: 'POST', body: ${JSON.stringify(START)},
        headers: {
          'content-type': 'application/json',
          'x-csrf-token': /_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? 'none',
        },
      })).then(async (answer) => answer.status + ' ' + await answer.text())`,
    );
    expect(answer).toMatch(/^200 /);
    expect(await up.client.workflow.getHandle('wanted').describe()).toMatchObject({ type: 'migrateCluster' });
    await page.close();
  });

  test('a page of another site, and of another port of this machine, starts nothing and reads nothing', async () => {
    const evil = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': '_csrf=mine; Path=/' }).end('<p>evil</p>');
    }).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    const { port: evilPort } = evil.address() as AddressInfo;
    try {
      for (const host of ['127.0.0.1', 'localhost']) {
        const page = await browser.newPage();
        await page.goto(`http://${host}:${evilPort}/`);
        const script = `(async () => {
          const read = [];
          for (const port of ${JSON.stringify(up.reached.map(({ port }) => port))}) {
            for (const path of ${JSON.stringify(PATHS)}) {
              for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
                const url = 'http://127.0.0.1:' + port + path;
                const options = { method: 'POST', credentials: 'include', headers: { 'content-type': type }, body: ${JSON.stringify(START)} };
                await fetch(url, { ...options, mode: 'no-cors' }).catch(() => undefined);
                await fetch(url, { ...options, headers: { 'x-csrf-token': 'mine' } }).then((a) => read.push(a.status), () => undefined);
              }
            }
            await fetch('http://127.0.0.1:' + port + '/').then((a) => read.push(a.status), () => undefined);
          }
          return read;
        })()`;
        expect(await page.evaluate(script)).toEqual([]);
        await page.close();
      }
    } finally {
      evil.close();
      evil.closeAllConnections();
    }
    expect(await evilStarted(up)).toBe(false);
  });

  (canBeAnother ? test : test.skip)(
    'is closed to every other user of this machine, by whatever they say first',
    async () => {
      for (const { port } of up.reached) {
        for (const words of firstWords(port)) expect(await call(port, words, 'another')).toBe('closed');
      }
      const [grpc = '', http = ''] = firstWords(up.uiPort);
      expect(await call(up.port, grpc, 'self')).toMatch(/^answer /);
      expect(await call(up.uiPort, http, 'self')).toMatch(/^answer HTTP\/1.1 200/);
    },
  );
});

describe('bigswitch up where its server can have no network of its own', () => {
  const bin = mkdtempSync(join(tmpdir(), 'bigswitch-bin-'));
  beforeAll(() => {
    chmodSync(bin, 0o755);
    for (const name of ['sh', 'node']) symlinkSync(which(name) ?? process.execPath, join(bin, name));
  });
  afterAll(() => rmSync(bin, { recursive: true }));

  test('refuses, unless it is told that nobody else is there', async () => {
    await expect(runUp([], { PATH: bin })).rejects.toThrow(/every other user could start migrations/);
  });

  test('has no page that a browser could be made to use', async () => {
    const up = await runUp(['--open-to-local-users'], { PATH: bin });
    try {
      expect(up.reached.map(({ port }) => port)).toContain(up.port);
      expect(up.reached.map(({ port }) => port)).not.toContain(up.uiPort);
      for (const { port } of up.reached) {
        // Names alone: a page under a foreign name can read figures, and change nothing.
        const answered = (await answeredTo(port)).filter((one) => !one.startsWith('GET '));
        expect([port, answered]).toEqual([port, []]);
      }
      expect(await evilStarted(up)).toBe(false);
    } finally {
      await up.stop();
    }
  });
});
