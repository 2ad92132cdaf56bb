import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FAILURES, HOST_UNREACHABLE } from '../../../src/contract/failures';
import { HOST_BUSY, SCRIPT_FAILED } from '../../../src/hosts/errors';
import { applyScript } from '../../../src/hosts/ledger/scripts';
import { asLogin } from '../../../src/hosts/script';
import type { HostStep } from '../../../src/hosts/step';
import { loopbackHosts, useSshd } from '../ssh/sshd';

jest.setTimeout(60_000);

const world = useSshd();
const { old, path } = world;

function touchStep(name: string, extra: Partial<HostStep> = {}): HostStep {
  const file = path(name);
  return {
    phase: 'bridge',
    id: name,
    summary: `make ${name}`,
    check: `[ "$(cat ${file} 2>/dev/null)" = wanted ]`,
    save: `if [ -e ${file} ]; then cp ${file} "$BACKUP/old"; fi`,
    apply: `echo wanted >${file}`,
    undo: `if [ -e "$BACKUP/old" ]; then cp "$BACKUP/old" ${file}; else rm -f ${file}; fi`,
    ...extra,
  };
}

describe('steps', () => {
  const steps = () => (existsSync(path('ledger/test/steps')) ? readdirSync(path('ledger/test/steps')) : []);
  afterEach(async () => {
    await world.hosts.forget(old());
  });

  it('records, applies, verifies; a second run changes nothing and says that the change is ours', async () => {
    const entry = await world.hosts.apply(old(), touchStep('one'));
    expect(entry).toMatchObject({ host: 'old-1', phase: 'bridge', step: 'one', changed: true });
    expect(steps()).toEqual(['0001-one']);
    expect(await world.hosts.apply(old(), touchStep('one'))).toEqual(entry);
    expect(steps()).toEqual(['0001-one']);
  });

  it('leaves no record where nothing was to be done', async () => {
    writeFileSync(path('there'), 'wanted\n');
    expect(await world.hosts.apply(old(), touchStep('there'))).toMatchObject({ changed: false });
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('goes on after a crash in the middle without saving again', async () => {
    writeFileSync(path('crash'), 'original\n');
    const broken = touchStep('crash', { apply: `echo half >${path('crash')}; kill -9 $$` });
    await expect(world.hosts.apply(old(), broken)).rejects.toMatchObject({ type: SCRIPT_FAILED });
    expect(readFileSync(path('crash'), 'utf8')).toBe('half\n');
    expect(await world.hosts.apply(old(), touchStep('crash'))).toMatchObject({ changed: true });
    await world.hosts.undo(old());
    expect(readFileSync(path('crash'), 'utf8')).toBe('original\n');
  });

  it('fails when verify says no, with the end of the output and without secrets', async () => {
    const step = touchStep('unproven', {
      verify: 'echo "journal says $TOKEN"; exit 7',
      secrets: { TOKEN: 'hush-hush-token' },
    });
    await expect(world.hosts.apply(old(), step)).rejects.toMatchObject({
      type: FAILURES.STEP_FAILED,
      message: expect.stringMatching(
        /old-1: step unproven .*failed in verify with exit code 7: journal says \*\*\*$/,
      ) as string,
    });
    expect(steps()).toEqual(['0001-unproven']);
  });

  it('stops at the first failing command of a fragment', async () => {
    const step = touchStep('strict', { apply: `false\necho wanted >${path('strict')}` });
    await expect(world.hosts.apply(old(), step)).rejects.toMatchObject({ type: FAILURES.STEP_FAILED });
    expect(existsSync(path('strict'))).toBe(false);
  });

  it('refuses a check that would prove nothing', async () => {
    await expect(world.hosts.apply(old(), touchStep('bang', { check: '! false\ntrue' }))).rejects.toThrow(
      /begins with "!"/,
    );
  });

  it('keeps nothing when saving failed', async () => {
    await expect(world.hosts.apply(old(), touchStep('unsaved', { save: 'exit 9' }))).rejects.toMatchObject({
      message: expect.stringContaining('failed in save with exit code 9') as string,
    });
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('never keeps a secret on the host', async () => {
    const step = touchStep('secret', { apply: `printf '%s\\n' "$KEY" >/dev/null; echo wanted >${path('secret')}` });
    await world.hosts.apply(old(), { ...step, secrets: { KEY: 'very-secret-value' } });
    const found = await world.hosts.read(old(), `grep -r very-secret-value ${path('ledger')}`);
    expect(found.stdout).toBe('');
    await expect(
      world.hosts.apply(old(), {
        ...step,
        id: 'leaky',
        undo: 'echo very-secret-value',
        secrets: { KEY: 'very-secret-value' },
      }),
    ).rejects.toThrow(/would keep the secret KEY/);
  });

  it('undoes newest first, by phase or step, twice without harm, and leaves nothing', async () => {
    await world.hosts.apply(old(), touchStep('a'));
    await world.hosts.apply(old(), touchStep('b', { phase: 'redirect' }));
    await world.hosts.apply(old(), touchStep('c'));
    await world.hosts.apply(old(), touchStep('d', { phase: 'front' }));
    expect((await world.hosts.undo(old(), { phases: ['bridge'] })).undone).toEqual(['c', 'a']);
    expect((await world.hosts.undo(old(), { phases: ['bridge'] })).undone).toEqual([]);
    expect((await world.hosts.undo(old(), { steps: ['b'] })).undone).toEqual(['b']);
    expect((await world.hosts.undo(old())).undone).toEqual(['d']);
    expect(existsSync(path('ledger'))).toBe(false);
    expect(readdirSync(path('locks'))).toEqual([]);
  });

  it('stops undoing at a failure, keeps that record, and goes on later', async () => {
    await world.hosts.apply(old(), touchStep('first'));
    await world.hosts.apply(old(), touchStep('second', { undo: `[ -e ${path('allow')} ]` }));
    await expect(world.hosts.undo(old())).rejects.toMatchObject({
      type: FAILURES.STEP_FAILED,
      message: expect.stringContaining('undo of step second failed') as string,
    });
    expect(steps()).toEqual(['0001-first', '0002-second']);
    writeFileSync(path('allow'), '');
    expect((await world.hosts.undo(old())).undone).toEqual(['second', 'first']);
  });

  it('undo.sh and undo-all.sh work by hand', async () => {
    writeFileSync(path('hand'), 'before\n');
    await world.hosts.apply(old(), touchStep('hand'));
    await world.hosts.ask(old(), `cd / && sh ${path('ledger/test/steps/0001-hand/undo.sh')}`);
    expect(readFileSync(path('hand'), 'utf8')).toBe('before\n');
    await world.hosts.apply(old(), touchStep('hand'));
    await world.hosts.apply(old(), touchStep('hand-2', { phase: 'join' }));
    await world.hosts.ask(old(), `sh ${path('ledger/test/undo-all.sh')}`);
    expect(readFileSync(path('hand'), 'utf8')).toBe('before\n');
    expect(existsSync(path('hand-2'))).toBe(false);
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('goes on to its end on the host when the connection is lost, and the retry finds it done', async () => {
    const ran = path('ran');
    const apply = `echo begin >>${ran}; echo noise; sleep 2; echo noise; echo wanted >${path('lost')}; echo end >>${ran}`;
    const step = touchStep('lost', { apply });
    const running = world.hosts.apply(old(), step);
    setTimeout(() => world.sshd.cutConnections(), 800);
    await expect(running).rejects.toMatchObject({ type: HOST_UNREACHABLE });
    expect(existsSync(path('lost'))).toBe(false);
    expect(await world.hosts.apply(old(), step)).toMatchObject({ changed: true });
    expect(readFileSync(ran, 'utf8')).toBe('begin\nend\n');
    expect(steps()).toEqual(['0001-lost']);
  });

  it('that had to wait too long has not said no: it is tried again', async () => {
    const waiting = loopbackHosts(world.sshd, { lockSeconds: 1 });
    const running = world.hosts.apply(
      old(),
      touchStep('long', { apply: `echo begun >${path('begun')}; sleep 4; echo wanted >${path('long')}` }),
    );
    while (!existsSync(path('begun'))) await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(waiting.hosts.apply(old(), touchStep('late'))).rejects.toMatchObject({ type: HOST_BUSY });
    await expect(waiting.hosts.undo(old())).rejects.toMatchObject({ type: HOST_BUSY });
    await waiting.hosts.close();
    expect(await running).toMatchObject({ changed: true });
    expect(steps()).toEqual(['0001-long']);
  });

  it('leaves nothing in /tmp when nobody is there to hear how it ended', async () => {
    const tmp = path('tmp');
    mkdirSync(tmp);
    const place = { root: path('ledger'), locks: world.sshd.folder, migration: 'test' };
    const child = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, TMPDIR: tmp } });
    child.stdout.destroy();
    child.stdin.end(
      applyScript(place, 'old-1', touchStep('unheard', { apply: `sleep 1; echo wanted >${path('unheard')}` })),
    );
    await once(child, 'exit');
    expect(readFileSync(path('unheard'), 'utf8')).toBe('wanted\n');
    expect(readdirSync(tmp)).toEqual([]);
    await world.hosts.undo(old());
  });

  it('takes a line that begins with "!" from a command of the plan only', async () => {
    const check = asLogin(`true\n! grep -q "it's broken" ${path('none')}`, 5);
    expect(await world.hosts.apply(old(), touchStep('quoted', { verify: check }))).toMatchObject({ changed: true });
    await expect(world.hosts.apply(old(), touchStep('own', { verify: 'true\n! false' }))).rejects.toThrow(
      /begins with "!"/,
    );
  });

  it('runs steps on one host one after the other', async () => {
    const log = path('order');
    const step = (id: string) =>
      touchStep(id, { apply: `echo begin >>${log}; sleep 0.3; echo end >>${log}; echo wanted >${path(id)}` });
    await Promise.all(['p1', 'p2', 'p3', 'p4'].map((id) => world.hosts.apply(old(), step(id))));
    expect(readFileSync(log, 'utf8')).toBe('begin\nend\n'.repeat(4));
    expect(steps()).toHaveLength(4);
  });

  it('tells ids apart that end alike', async () => {
    await world.hosts.apply(old(), touchStep('x-rules'));
    await world.hosts.apply(old(), touchStep('rules'));
    expect(steps()).toEqual(['0001-x-rules', '0002-rules']);
    expect((await world.hosts.undo(old(), { steps: ['rules'] })).undone).toEqual(['rules']);
  });
});

describe('records', () => {
  it('keeps, replaces, lists sorted and removes; nothing is left at the end', async () => {
    const hub = world.ref('hub');
    expect(await world.hosts.kept(hub)).toEqual({});
    await world.hosts.keep(hub, 'cluster-0002-b', { text: `it's\n"quoted" $HOME \`x\` grün` });
    await world.hosts.keep(hub, 'cluster-0001-a', { n: 1 });
    await world.hosts.keep(hub, 'cluster-0001-a', { n: 2 });
    const kept = await world.hosts.kept(hub);
    expect(Object.entries(kept)).toEqual([
      ['cluster-0001-a', { n: 2 }],
      ['cluster-0002-b', { text: `it's\n"quoted" $HOME \`x\` grün` }],
    ]);
    await world.hosts.unkeep(hub, 'cluster-0001-a');
    await world.hosts.unkeep(hub, 'cluster-0001-a');
    await world.hosts.unkeep(hub, 'cluster-0002-b');
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('an unreadable record is an error, never "nothing kept"', async () => {
    mkdirSync(path('ledger/test/records'), { recursive: true });
    writeFileSync(path('ledger/test/records/bad.json'), '{"half":');
    await expect(world.hosts.kept(world.ref('hub'))).rejects.toThrow();
    await world.hosts.forget(world.ref('hub'));
    expect(existsSync(path('ledger'))).toBe(false);
  });

  it('keeps the record when every step is undone', async () => {
    const hub = world.ref('hub');
    await world.hosts.keep(hub, 'cluster', {});
    await world.hosts.apply(hub, touchStep('hub-step'));
    await world.hosts.undo(hub);
    expect(await world.hosts.kept(hub)).toEqual({ cluster: {} });
    await world.hosts.unkeep(hub, 'cluster');
  });
});
