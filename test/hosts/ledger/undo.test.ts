import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { FAILURES } from '../../../src/contract/failures';
import { SCRIPT_FAILED } from '../../../src/hosts/errors';
import { readUndoSeconds } from '../../../src/hosts/ledger/undo-time';
import type { HostStep } from '../../../src/hosts/step';
import { loopbackHosts, useSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old, path } = world;
const record = (name: string) => path(`ledger/test/steps/0001-${name}`);
const undos = (name: string) => (existsSync(path(`${name}-undos`)) ? readFileSync(path(`${name}-undos`), 'utf8') : '');

/** Its undo is counted, and taken for done when the test says so. */
function countedStep(name: string, extra: Partial<HostStep> = {}): HostStep {
  return {
    phase: 'switch',
    id: name,
    summary: `make ${name}`,
    check: `[ -e ${path(name)} ]`,
    apply: `touch ${path(name)}`,
    undo: `printf u >>${path(`${name}-undos`)}\nrm -f ${path(name)}`,
    undone: `[ -e ${path(`${name}-back`)} ]`,
    ...extra,
  };
}

afterEach(() => rmSync(path('ledger'), { recursive: true, force: true }));

describe('an undo looks before it acts', () => {
  it('and does nothing where all is back', async () => {
    await world.hosts.apply(old(), countedStep('back'));
    writeFileSync(path('back-back'), '');
    expect((await world.hosts.undo(old())).undone).toEqual(['back']);
    expect(undos('back')).toBe('');
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('and acts where the look fails at any line', async () => {
    await world.hosts.apply(old(), countedStep('half', { undone: 'false\ntrue' }));
    await world.hosts.undo(old());
    expect(undos('half')).toBe('u');
  });

  it('by hand too', async () => {
    await world.hosts.apply(old(), countedStep('hand'));
    writeFileSync(path('hand-back'), '');
    const one = spawnSync('sh', [`${record('hand')}/undo.sh`], { encoding: 'utf8' });
    expect(one).toMatchObject({ status: 0, stdout: 'taken back already\n' });
    expect(spawnSync('sh', [path('ledger/test/undo-all.sh')]).status).toBe(0);
    expect(undos('hand')).toBe('');
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('with no look that would prove nothing, and none that keeps a secret', async () => {
    const apply = (extra: Partial<HostStep>) => world.hosts.apply(old(), countedStep('bad', extra));
    await expect(apply({ undone: '! false\ntrue' })).rejects.toThrow(/undone begins with "!"/);
    const secrets = { KEY: 'very-secret-value' };
    await expect(apply({ undone: '[ very-secret-value ]', secrets })).rejects.toThrow(/would keep the secret KEY/);
    expect(existsSync(path('bad'))).toBe(false);
  });
});

describe('an undo by hand asks whom it harms', () => {
  const risky = (name: string) =>
    countedStep(name, { harmless: `[ -e ${path(`${name}-alone`)} ] || { echo 'somebody needs it' >&2; exit 1; }` });
  const all = (...args: string[]) => spawnSync('sh', [path('ledger/test/undo-all.sh'), ...args], { encoding: 'utf8' });

  it('and takes nothing back when it harms somebody', async () => {
    await world.hosts.apply(old(), risky('used'));
    const script = `${record('used')}/undo.sh`;
    for (const run of [spawnSync('sh', [script], { encoding: 'utf8' }), all()]) {
      expect(run.status).toBe(1);
      expect(run.stderr).toContain(
        `somebody needs it\nnothing was taken back; to do it all the same: sh ${script} --force`,
      );
    }
    expect(undos('used')).toBe('');
    expect(existsSync(record('used'))).toBe(true);
    writeFileSync(path('used-alone'), '');
    expect(all().status).toBe(0);
    expect(undos('used')).toBe('u');
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('but not with --force, nor when bigswitch does it, which has proved more', async () => {
    await world.hosts.apply(old(), risky('forced'));
    expect(all('--force').status).toBe(0);
    await world.hosts.apply(old(), risky('proved'));
    expect((await world.hosts.undo(old())).undone).toEqual(['proved']);
    expect([undos('forced'), undos('proved')]).toEqual(['u', 'u']);
  });

  it('with no question whose answer would mean nothing', async () => {
    const bad = countedStep('question', { harmless: '! true\ntrue' });
    await expect(world.hosts.apply(old(), bad)).rejects.toThrow(/harmless begins with "!"/);
  });
});

describe('the time of an undo', () => {
  const scaled = () => loopbackHosts(world.sshd, { undoSeconds: 3, lockSeconds: 1 });
  const slow = (name: string, seconds: number, extra: Partial<HostStep> = {}) =>
    countedStep(name, { undo: `printf u >>${path(`${name}-undos`)}\nsleep ${seconds}`, ...extra });

  it('is what its step says, on top of that of all which say nothing', async () => {
    const { hosts } = scaled();
    await hosts.apply(old(), slow('mute', 40));
    await expect(hosts.undo(old())).rejects.toMatchObject({
      type: SCRIPT_FAILED,
      message: expect.stringContaining('was ended on the host after 4 s') as string,
    });
    rmSync(path('ledger'), { recursive: true });
    await hosts.apply(old(), slow('said', 6, { undoSeconds: 40 }));
    expect(readFileSync(`${record('said')}/undo-seconds`, 'utf8')).toBe('40\n');
    await expect(hosts.undo(old(), { steps: ['said'] })).resolves.toMatchObject({ undone: ['said'] });
    expect(undos('said')).toBe('u');
    await hosts.close();
  });

  it('counts only for the steps that are undone', async () => {
    const { hosts } = scaled();
    await hosts.apply(old(), slow('this', 40));
    await hosts.apply(old(), slow('that', 0, { phase: 'front', undoSeconds: 40 }));
    await expect(hosts.undo(old(), { phases: ['switch'] })).rejects.toMatchObject({ type: SCRIPT_FAILED });
    await hosts.close();
  });

  it('that was not told is a failure, never none', () => {
    expect(() => readUndoSeconds('old-1', 'noise\n')).toThrow(/was not told/);
  });
});

it('a ledger of an older release, without look and time, is undone as before, by hand too', async () => {
  const older = (name: string) => countedStep(name, { undone: undefined });
  await world.hosts.apply(old(), older('older'));
  expect(existsSync(`${record('older')}/undo-seconds`)).toBe(false);
  expect(readFileSync(`${record('older')}/undo.sh`, 'utf8')).not.toContain('taken back already');
  await world.hosts.apply(old(), countedStep('newer', { undo: `[ -e ${path('mended')} ]`, undoSeconds: 5 }));
  await expect(world.hosts.undo(old())).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
  writeFileSync(path('mended'), '');
  expect((await world.hosts.undo(old())).undone).toEqual(['newer', 'older']);
  expect(undos('older')).toBe('u');
  await world.hosts.apply(old(), older('older'));
  expect(spawnSync('sh', [path('ledger/test/undo-all.sh')]).status).toBe(0);
  expect(undos('older')).toBe('uu');
});
