import type { Audit } from '../../src/contract/messages';
import { openGate, until, type Handle } from '../workflows/support/lab';
import { startCliLab, untilListed, type CliLab } from './support';

let lab: CliLab;

beforeAll(async () => {
  lab = await startCliLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

const audit = async (handle: Handle) => (await handle.query<Audit>('audit')).filter(({ by }) => by !== undefined);

test('without a terminal, approve needs the token, and says what came of it', async () => {
  await lab.migration('scripted', async (handle) => {
    const token = await openGate(handle, 'big-switch');
    const blind = await lab.bigswitch(['approve', 'scripted', '--yes']);
    expect(blind).toEqual({
      code: 2,
      stdout: '',
      stderr:
        '--token is missing: without a terminal it has to be given, as it stands for the evidence that a person has read\n' +
        'It is shown by `bigswitch status scripted`, with the evidence.\n',
    });
    const wrong = await lab.bigswitch(['approve', 'scripted', '--token', 'deadbeef', '--by', 'ann']);
    expect([wrong.code, wrong.stderr]).toEqual([5, 'Refused: not the token of this gate; the query status shows it\n']);
    const other = await lab.bigswitch(['approve', 'scripted', '--gate', 'teardown', '--token', token, '--json']);
    expect([other.code, JSON.parse(other.stderr)]).toEqual([
      5,
      { error: { exitCode: 5, message: 'Refused: gate teardown is not open; big-switch is' } },
    ]);
    const right = await lab.bigswitch(['approve', 'scripted', '--token', token, '--by', 'ann', '--note', 'fine']);
    expect(right).toEqual({
      code: 0,
      stdout: 'scripted: the approval of gate big-switch by ann is accepted.\n',
      stderr: '',
    });
    await openGate(handle, 'drain:old-1');
    expect(await audit(handle)).toMatchObject([
      { kind: 'approve', by: 'ann', accepted: false },
      { kind: 'approve', by: 'ann', accepted: true, note: 'fine' },
      { kind: 'gate-passed', by: 'ann' },
    ]);
  });
}, 180_000);

test('on a terminal, approve shows evidence of this moment, also when what is known is older', async () => {
  await lab.migration('stale', async (handle, world) => {
    const usual = world.standard();
    world.answers.gatherEvidence = async (asked) => ({
      ...(await usual.gatherEvidence(asked)),
      takenAt: '2026-01-02T03:04:05Z',
    });
    await openGate(handle, 'big-switch');
    world.answers.gatherEvidence = async (asked) => ({
      ...(await usual.gatherEvidence(asked)),
      holds: false,
      facts: [{ name: 'green', ok: false, seen: '9 copies are nowhere' }],
    });
    const { code, stderr } = await lab.bigswitch(['approve', 'stale', '--by', 'ann'], { typed: ['big-switch'] });
    expect(stderr).toContain('The evidence is taken anew');
    expect(stderr).toContain('9 copies are nowhere');
    expect(code).toBe(5);
    expect(await audit(handle)).toEqual([]);
  });
}, 180_000);

test('on a terminal, approve shows the evidence and wants big-switch typed out', async () => {
  await lab.migration('typed', async (handle) => {
    await openGate(handle, 'big-switch');
    const no = await lab.bigswitch(['approve', 'typed'], { typed: ['yes'] });
    expect(no.code).toBe(2);
    expect(no.stderr).toContain('Evidence for gate big-switch');
    expect(no.stderr).toContain('"yes" is not "big-switch"; nothing was sent.');
    expect(await audit(handle)).toEqual([]);
    const yes = await lab.bigswitch(['approve', 'typed', '--by', 'ann'], { typed: ['big-switch'] });
    expect([yes.code, yes.stdout]).toEqual([0, 'typed: the approval of gate big-switch by ann is accepted.\n']);
    await openGate(handle, 'drain:old-1');
    const drain = await lab.bigswitch(['approve', 'typed', '--by', 'ann'], { typed: ['y'] });
    expect(drain.stderr).toContain('its data has to come home.');
    expect(drain.code).toBe(0);
    await openGate(handle, 'drain:old-2');
  });
}, 180_000);

test('on a terminal, evidence that does not hold is not even asked for', async () => {
  await lab.migration('yellow', async (handle, world) => {
    world.facts = [{ name: 'green', ok: false, seen: '1 replica is missing' }];
    const token = await openGate(handle, 'big-switch');
    const asked = await lab.bigswitch(['approve', 'yellow'], { typed: ['big-switch'] });
    expect(asked.code).toBe(5);
    expect(asked.stderr).toContain('✗  green  1 replica is missing');
    const sent = await lab.bigswitch(['approve', 'yellow', '--token', token]);
    expect([sent.code, sent.stderr]).toEqual([
      5,
      'Refused: the evidence does not hold: green (1 replica is missing)\n',
    ]);
  });
}, 180_000);

test('with several migrations, a command lists them and exits 2; with one it finds it', async () => {
  await lab.migration('one', async (handle) => {
    await openGate(handle, 'big-switch');
    await lab.migration('two', async (second) => {
      await openGate(second, 'big-switch');
      await untilListed(lab, /^one [^]*^two |^two [^]*^one /m);
      const { code, stderr } = await lab.bigswitch(['approve', '--token', 'deadbeef']);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^2 migrations are running:\n {2}(one|two) .*\n {2}(one|two) .*\nSay which one: give its name.\n$/,
      );
      expect(await audit(handle)).toEqual([]);
    });
    for (;;) if (!(await lab.bigswitch(['list'])).stdout.includes('two')) break;
    const { code, stdout } = await lab.bigswitch(['pause', '--by', 'ann']);
    expect([code, stdout]).toEqual([0, 'one is paused. To go on: bigswitch resume one\n']);
  });
}, 180_000);

test('reject, pause, resume, throttle and rollback say what came of them', async () => {
  await lab.migration('told', async (handle, world) => {
    const token = await openGate(handle, 'big-switch');
    const say = async (...argv: string[]) => {
      const { code, stdout, stderr } = await lab.bigswitch([...argv, '--by', 'ann']);
      return [code, stdout || stderr];
    };
    expect(await say('reject', 'told', '--token', token)).toEqual([
      2,
      '--reason is missing\nSay why: it is kept in the audit and the report.\n',
    ]);
    expect(await say('reject', 'told', '--token', token, '--reason', 'not on a Friday')).toEqual([
      0,
      'told: gate big-switch is rejected; the migration is paused. To go on: bigswitch resume told\n',
    ]);
    expect(await say('pause', 'told')).toEqual([5, 'Refused: it is paused already, by ann\n']);
    await handle.signal('pause', { by: 'bob', reason: 'lunch' });
    expect(await say('resume', 'told')).toEqual([
      0,
      expect.stringMatching(/^told: it is held still, by bob \(lunch\); each /),
    ]);
    expect(await say('resume', 'told')).toEqual([5, expect.stringMatching(/^Refused: ann does not hold it, but bob/)]);
    expect(await say('resume', 'told', '--all')).toEqual([0, 'told: the holds of bob (lunch) have ended.\n']);
    expect(await say('resume', 'told')).toEqual([5, 'Refused: it is neither paused nor blocked\n']);
    expect(await say('throttle', 'told', '--mbps', '20')).toEqual([
      0,
      'told: at most 20 MiB/s into one node, applied now.\n',
    ]);
    // It is applied beside the phases, and a rollback ends what runs beside them.
    await until(handle, () => world.said(/setThrottle/).length > 0);
    expect(await say('rollback', 'told', '--reason', 'slow')).toEqual([
      2,
      '--yes is missing: without a terminal nobody can be asked\nAdd --yes if you mean it.\n',
    ]);
    expect(await say('rollback', 'told', '--reason', 'slow', '--yes', '--wait')).toEqual([
      0,
      'told is being rolled back. How it goes: bigswitch status told\ntold: rolled back; out/report.html\n',
    ]);
    expect(await say('rollback', 'told', '--reason', 'slow', '--yes')).toEqual([
      4,
      'No run of bigswitch-told is there to take this\nSee `bigswitch list`.\n',
    ]);
    await until(handle, ({ outcome }) => outcome === 'rolled-back');
  });
}, 180_000);

test('give-up says that a host is gone, or why it may not be', async () => {
  await lab.migration('lost', async (handle, world) => {
    await openGate(handle, 'big-switch');
    const say = async (...argv: string[]) => {
      const { code, stdout, stderr } = await lab.bigswitch(['give-up', 'lost', ...argv, '--by', 'ann']);
      return [code, stdout || stderr];
    };
    expect(await say('old-1')).toEqual([2, '--reason is missing\nSay why: it is kept in the audit and the report.\n']);
    expect(await say('hub', '--reason', 'dead')).toEqual([5, expect.stringContaining('Refused: hub is the hub')]);
    expect(await say('old-1', '--reason', 'dead')).toEqual([
      0,
      'lost: old-1 is given up; the migration goes on without it.\n',
    ]);
    expect(world.said(/proveLost/)).toEqual(['proveLost old-1']);
    expect((await audit(handle)).at(-1)).toMatchObject({ kind: 'giveUp', accepted: true, note: 'dead; give up old-1' });
  });
}, 180_000);
