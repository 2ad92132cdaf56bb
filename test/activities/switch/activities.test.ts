import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAppActivities } from '../../../src/activities/switch/activities';
import { switchStep } from '../../../src/activities/switch/steps';
import type { Activities } from '../../../src/contract/activities';
import { FAILURES } from '../../../src/contract/failures';
import { scriptForStdin } from '../../../src/hosts/script';
import type { AppHost, Plan } from '../../../src/plan/schema';
import { loopbackHosts, loopbackPlan, startSshd, type TestSshd } from '../../hosts/ssh/sshd';
import { testDeps } from '../deps';

jest.setTimeout(60_000);

const PASSWORD = `s3cret'w"rd$`;
const OLD = '# the shop\nes:\n  urls: [http://127.0.0.1:9200]\n  timeout: 012\n';

/** The app: its restart copies the file to what "runs" and counts; its check looks for a word in what runs. */
let sshd: TestSshd;
let folder: string;
let world: ReturnType<typeof loopbackHosts>;
let apps: Pick<Activities, 'switchApp' | 'watchApps' | 'proveSwitched'>;
let app: AppHost;
const at = (name: string) => join(folder, name);
const restarts = () => (existsSync(at('restarts')) ? readFileSync(at('restarts'), 'utf8').length : 0);
const ledger = () => join(sshd.folder, 'ledger');

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(() => {
  folder = join(sshd.folder, 'shop');
  rmSync(ledger(), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(at('config.yaml'), OLD, { mode: 0o640 });
  writeFileSync(at('running'), OLD);
  use({});
});
afterEach(() => world.hosts.close());

function use(changes: Partial<AppHost>, frontPort = 9243): void {
  const base = loopbackPlan(sshd);
  const [first] = base.hosts.apps;
  if (!first) throw new Error('no app host');
  app = {
    ...first,
    config: {
      path: at('config.yaml'),
      format: 'yaml',
      set: { 'es.urls': '{{urls}}', 'es.user': '{{username}}', 'es.password': '{{password}}' },
    },
    restart: `cp ${at('config.yaml')} ${at('running')}; printf r >>${at('restarts')}; cat >/dev/null`,
    check: `grep -q 9243 ${at('running')} || grep -q 9200 ${at('running')}`,
    checkSeconds: 2,
    ...changes,
  };
  const plan: Plan = { ...base, hosts: { ...base.hosts, apps: [app] }, front: { ...base.front, port: frontPort } };
  world = loopbackHosts(sshd, { plan });
  apps = createAppActivities(testDeps({ plan, hosts: world.hosts }, { 'env:FRONT_PASSWORD': PASSWORD }));
}

describe('switchApp', () => {
  it('changes the file, restarts once, keeps the mode, and the undo brings all of it back', async () => {
    const entry = { host: 'app-1', phase: 'switch', step: 'app-switch', changed: true };
    await expect(apps.switchApp({ host: 'app-1' })).resolves.toEqual([expect.objectContaining(entry)]);
    expect(readFileSync(at('running'), 'utf8')).toBe(
      `# the shop\nes:\n  urls: ["https://198.18.2.11:9243"]\n  timeout: 012\n  user: shop\n  password: ${JSON.stringify(PASSWORD)}\n`,
    );
    expect(statSync(at('config.yaml')).mode & 0o777).toBe(0o640);
    await expect(apps.switchApp({ host: 'app-1' })).resolves.toEqual([expect.objectContaining(entry)]);
    expect(restarts()).toBe(1);
    await world.hosts.undo(world.ref('app-1'), { phases: ['switch'] });
    expect(readFileSync(at('running'), 'utf8')).toBe(OLD);
    expect(restarts()).toBe(2);
    expect(existsSync(ledger())).toBe(false);
  });

  it('keeps no password on the host but in the app’s own file', async () => {
    await apps.switchApp({ host: 'app-1' });
    const found = spawnSync('grep', [
      '-rlF',
      '-e',
      PASSWORD,
      '-e',
      Buffer.from(PASSWORD).toString('base64').slice(0, 12),
      ledger(),
    ]);
    expect(found.stdout.toString()).toBe('');
    expect(existsSync(ledger())).toBe(true);
  });

  it('puts the old file back and restarts when the app does not work with the fronts, and says what was seen', async () => {
    use({ check: `if grep -q 9243 ${at('running')}; then echo "no route to front"; exit 7; fi` });
    await expect(apps.switchApp({ host: 'app-1' })).rejects.toMatchObject({
      type: FAILURES.APP_RETURNED,
      nonRetryable: true,
      message: expect.stringMatching(/app-1: .*old configuration is back.*no route to front/) as string,
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(OLD);
    expect(readFileSync(at('running'), 'utf8')).toBe(OLD);
    expect(restarts()).toBe(2);
    expect(existsSync(ledger())).toBe(false);
  });

  it('puts the old file back when the restart itself fails', async () => {
    use({ restart: `grep -q 9243 ${at('config.yaml')} && exit 3; cp ${at('config.yaml')} ${at('running')}` });
    await expect(apps.switchApp({ host: 'app-1' })).rejects.toMatchObject({
      type: FAILURES.APP_RETURNED,
      message: expect.stringContaining('the restart command failed (exit code 3)') as string,
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(OLD);
  });

  it('is back too when no restart works at all: the app goes on as it was, and talks to no front', async () => {
    use({ restart: 'echo refused >&2; exit 4' });
    await expect(apps.switchApp({ host: 'app-1' })).rejects.toMatchObject({
      type: FAILURES.APP_RETURNED,
      message: expect.stringContaining('the restart command failed (exit code 4)') as string,
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(OLD);
    expect(existsSync(ledger())).toBe(false);
  });

  it('is not back when it was restarted with the new file and no restart works any more', async () => {
    use({ restart: `[ ! -e ${at('refuse')} ] || exit 4; cp ${at('config.yaml')} ${at('running')}` });
    await apps.switchApp({ host: 'app-1' });
    writeFileSync(at('refuse'), '');
    await expect(world.hosts.undo(world.ref('app-1'), { phases: ['switch'] })).rejects.toThrow(/exit code 4/);
    expect(existsSync(ledger())).toBe(true);
  });

  it('is not back while it talks to a front, whatever its restart says', async () => {
    const front = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    const app = connect(port, '127.0.0.1');
    await once(app, 'connect');
    use({ restart: 'exit 4' }, port);
    try {
      await expect(apps.switchApp({ host: 'app-1' })).rejects.toMatchObject({
        type: FAILURES.STEP_FAILED,
        message: expect.stringContaining('the app talks to a front') as string,
      });
    } finally {
      app.destroy();
      front.close();
    }
  });

  it('does not say that the old configuration is back when the app stays broken', async () => {
    use({ check: 'echo broken; exit 1', checkSeconds: 1 });
    await expect(apps.switchApp({ host: 'app-1' })).rejects.toMatchObject({
      type: FAILURES.STEP_FAILED,
      nonRetryable: true,
      message: expect.stringContaining('did not come back') as string,
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(OLD);
    expect(existsSync(ledger())).toBe(true);
  });

  it('leaves an app alone that is as wanted already', async () => {
    writeFileSync(
      at('config.yaml'),
      `es:\n  urls: ["https://198.18.2.11:9243"]\n  user: shop\n  password: ${JSON.stringify(PASSWORD)}\n`,
    );
    await expect(apps.switchApp({ host: 'app-1' })).resolves.toEqual([expect.objectContaining({ changed: false })]);
    expect(restarts()).toBe(0);
    expect(existsSync(ledger())).toBe(false);
  });

  it.each([
    [
      'a key that would still name an old node',
      `${OLD}backup: "127.0.0.1:9200"\n`,
      /would still name old nodes: backup \(old-1\)/,
    ],
    ['a missing key', 'es: {}\n', /config.yaml has no key "es.urls"; correct the key/],
    ['a file that is not YAML', 'es: [\n', /config.yaml is not valid YAML/],
  ])('refuses %s before anything is changed', async (_, text, message) => {
    writeFileSync(at('config.yaml'), text);
    await expect(apps.switchApp({ host: 'app-1' })).rejects.toMatchObject({
      nonRetryable: true,
      message: expect.stringMatching(message) as string,
    });
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(text);
    expect(restarts()).toBe(0);
  });

  it('restarts again when the worker died between the file and the restart', () => {
    const step = switchStep(app, OLD, 9243);
    const check = () =>
      spawnSync('sh', ['-s'], { input: scriptForStdin(`set -eu\nBACKUP=${at('backup')}\n${step.check}`) }).status;
    mkdirSync(at('backup'));
    expect(check()).toBe(0);
    writeFileSync(at('backup/begun'), '');
    expect(check()).not.toBe(0);
    writeFileSync(at('backup/restarted'), '');
    expect(check()).toBe(0);
  });

  it('does not restart in an undo when nothing was changed yet', () => {
    mkdirSync(at('backup'));
    const { undo } = switchStep(app, 'new', 9243);
    execFileSync('sh', ['-s'], { input: `set -eu\nBACKUP=${at('backup')}\n${undo}` });
    expect(restarts()).toBe(0);
    expect(readFileSync(at('config.yaml'), 'utf8')).toBe(OLD);
  });
});

describe('watchApps', () => {
  it('takes one failed check for a hiccup and two in a row for the app', async () => {
    use({ check: `printf x >>${at('looks')}; [ "$(wc -c <${at('looks')})" -ne 2 ]` });
    await expect(apps.watchApps({ hosts: ['app-1'], seconds: 1 })).resolves.toMatchObject({ facts: { apps: 1 } });
    await world.hosts.close();
    use({ check: 'echo down; exit 22' });
    await expect(apps.watchApps({ hosts: ['app-1'], seconds: 1 })).rejects.toMatchObject({
      type: FAILURES.PROOF_FAILED,
      nonRetryable: true,
      message: expect.stringMatching(/app-1: .*exit code 22 and said: down/) as string,
    });
  });

  it('does not call an app unhealthy whose host can’t be reached', async () => {
    await world.hosts.close();
    use({ ssh: { address: '127.0.0.1', port: 1 } });
    await expect(apps.watchApps({ hosts: ['app-1'], seconds: 1 })).rejects.toMatchObject({ type: 'HostUnreachable' });
  });

  it('refuses hosts that are not app hosts', async () => {
    await expect(apps.watchApps({ hosts: ['old-1'], seconds: 1 })).rejects.toThrow(/app hosts/);
  });
});
