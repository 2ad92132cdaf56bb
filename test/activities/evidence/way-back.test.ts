import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { appsCanReturn } from '../../../src/activities/evidence/way-back';
import type { Scope } from '../../../src/elasticsearch/scope';
import { loopbackHosts, loopbackPlan, startSshd, type TestSshd } from '../../hosts/ssh/sshd';

jest.setTimeout(60_000);

let sshd: TestSshd;
let world: ReturnType<typeof loopbackHosts>;
let node: Server;
let file: string;
let config: string;

/** An old node that answers, and an app host whose file names it. */
beforeAll(async () => {
  sshd = await startSshd();
  node = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  const httpPort = (node.address() as AddressInfo).port;
  mkdirSync(join(sshd.folder, 'shop'));
  file = join(sshd.folder, 'shop', 'config.yaml');
  config = `es:\n  urls: [http://127.0.0.1:${httpPort}]\n`;
  const base = loopbackPlan(sshd);
  const apps = base.hosts.apps.map((app) => ({
    ...app,
    config: { path: file, format: 'yaml' as const, set: { 'es.urls': '{{urls}}' } },
    restart: 'echo "it\'s back"; exit 1',
  }));
  const elasticsearch = { ...base.elasticsearch, httpPort };
  world = loopbackHosts(sshd, { plan: { ...base, elasticsearch, hosts: { ...base.hosts, apps } } });
});
afterAll(async () => {
  node.close();
  await world.hosts.close();
  await sshd.stop();
});
beforeEach(() => writeFileSync(file, config));

const ask = () => appsCanReturn({ plan: world.plan, hosts: world.hosts } as unknown as Scope).ask();

it('holds when the file can be saved, the undo is sound and the old node answers; nothing is changed', async () => {
  const answer = await ask();
  expect(answer).toEqual({
    ok: true,
    seen: 'app-1: its file can be saved, the undo script is sound, reaches old-1',
  });
  expect(readFileSync(file, 'utf8')).toBe(config);
  expect(readdirSync(join(sshd.folder, 'shop'))).toEqual(['config.yaml']);
  expect(existsSync(join(sshd.folder, 'ledger'))).toBe(false);
});

it('does not hold when an old node that the file names does not answer from there', async () => {
  await new Promise((resolve) => node.close(resolve));
  const answer = await ask();
  expect(answer).toMatchObject({
    ok: false,
    seen: expect.stringMatching(/^app-1: old-1 does not answer from here at /),
  });
});

it('is an error, which is a fact that does not hold, when there is no file', async () => {
  writeFileSync(file, '');
  const gone = {
    ...world.plan,
    hosts: {
      ...world.plan.hosts,
      apps: world.plan.hosts.apps.map((app) => ({ ...app, config: { ...app.config, path: `${file}.gone` } })),
    },
  };
  await expect(appsCanReturn({ plan: gone, hosts: world.hosts } as unknown as Scope).ask()).rejects.toThrow(
    /there is no file/,
  );
});
