import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { switchStep } from '../../../src/activities/switch/steps';
import { FAILURES, HOST_UNREACHABLE } from '../../../src/contract/failures';
import type { AppHost } from '../../../src/plan/schema';
import { useSshd } from '../../hosts/ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();
const at = (name: string) => join(world.sshd.folder, 'shop', name);
const ledger = () => join(world.sshd.folder, 'ledger');
const restarts = () => readFileSync(at('restarts'), 'utf8').length;
const asked = () => readFileSync(at('asked'), 'utf8').length;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const undo = () => world.hosts.undo(world.ref('app-1'), { phases: ['switch'] });
const apply = () => world.hosts.apply(world.ref('app-1'), switchStep(app(), 'new\n', 9243));

/** An app that is well at once with the new file, and with the old one when the test says so; its restarts are counted. */
function app(): AppHost {
  return {
    ...(world.plan.hosts.apps[0] as AppHost),
    config: { path: at('config'), format: 'text', template: 'env:TEMPLATE' },
    restart: `cp ${at('config')} ${at('running')}; rm -f ${at('well')}; printf r >>${at('restarts')}`,
    check: `printf a >>${at('asked')}; grep -q new ${at('running')} || [ -e ${at('well')} ]`,
    checkSeconds: 2,
  };
}

beforeEach(async () => {
  rmSync(ledger(), { recursive: true, force: true });
  rmSync(at(''), { recursive: true, force: true });
  mkdirSync(at(''));
  writeFileSync(at('config'), 'old\n');
  await apply();
  expect(restarts()).toBe(1);
});

function expectBack(): void {
  expect(readFileSync(at('config'), 'utf8')).toBe('old\n');
  expect(readFileSync(at('running'), 'utf8')).toBe('old\n');
  expect(existsSync(ledger())).toBe(false);
}

it('an app that is well only when its time was over is not restarted again', async () => {
  await expect(undo()).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  const before = asked();
  const again = undo();
  while (asked() === before) await sleep(20);
  writeFileSync(at('well'), '');
  expect((await again).undone).toEqual(['app-switch']);
  expectBack();
  expect(restarts()).toBe(2);
});

it('nor by undo-all.sh or undo.sh by hand', async () => {
  await expect(undo()).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  writeFileSync(at('well'), '');
  const [step = ''] = readdirSync(join(ledger(), 'test/steps'));
  expect(spawnSync('sh', [join(ledger(), 'test/steps', step, 'undo.sh')]).status).toBe(0);
  expect(spawnSync('sh', [join(ledger(), 'test/undo-all.sh')]).status).toBe(0);
  expectBack();
  expect(restarts()).toBe(2);
});

it('an undo whose connection is lost goes on on the host, and the next try waits for it', async () => {
  const running = undo();
  while (restarts() < 2) await sleep(20);
  world.sshd.cutConnections();
  await expect(running).rejects.toMatchObject({ type: HOST_UNREACHABLE });
  const again = undo();
  writeFileSync(at('well'), '');
  await again;
  expectBack();
  expect(restarts()).toBe(2);
});

it('an app that stays ill in its time is restarted once more by the next try', async () => {
  await expect(undo()).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  await expect(undo()).rejects.toThrow(/the check did not succeed in 2 s/);
  expect(restarts()).toBe(3);
  writeFileSync(at('well'), '');
  await undo();
  expectBack();
  expect(restarts()).toBe(3);
});

it('is not back where the file was changed since, or where it was switched once more', async () => {
  await expect(undo()).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  await apply();
  expect(restarts()).toBe(3);
  const again = undo();
  while (restarts() < 4) await sleep(20);
  await expect(again).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  writeFileSync(at('config'), 'new\n');
  writeFileSync(at('well'), '');
  const last = undo();
  while (restarts() < 5) await sleep(20);
  writeFileSync(at('well'), '');
  await last;
  expectBack();
});

it('a word that the file may be left as it is has the app restarted with it, once', async () => {
  await expect(undo()).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  writeFileSync(at('config'), 'by hand\n');
  await expect(undo()).rejects.toThrow(/was changed by others since/);
  const [step = ''] = readdirSync(join(ledger(), 'test/steps'));
  writeFileSync(join(ledger(), 'test/steps', step, 'backup/leave'), '');
  await expect(undo()).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  expect(restarts()).toBe(3);
  writeFileSync(at('well'), '');
  await undo();
  expect(readFileSync(at('running'), 'utf8')).toBe('by hand\n');
  expect(restarts()).toBe(3);
});

it('its undo has the time for the look, a restart, and the time that the app has', () => {
  const { undoSeconds } = switchStep({ ...app(), checkSeconds: 3600 }, 'new\n', 9243);
  expect(undoSeconds).toBeGreaterThan(300 + 2 * 3600);
});
