import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportSchema } from '../../src/activities/report';
import { lasting, moved } from '../workflows/support/fake-world';
import { approveAll, openGate, until } from '../workflows/support/lab';
import { stable, startCliLab, untilListed, type CliLab } from './support';

let lab: CliLab;

beforeAll(async () => {
  lab = await startCliLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

test('without any migration, a command says so and exits 4', async () => {
  const none = await lab.bigswitch(['status']);
  expect(none).toEqual({
    code: 4,
    stdout: '',
    stderr:
      `No migration is running in namespace "default" of ${lab.env.address}\n` +
      'Start one: `bigswitch start plan.yaml`. If it runs elsewhere, see --address and --namespace.\n',
  });
  expect((await lab.bigswitch(['status', 'nowhere'])).code).toBe(4);
  expect((await lab.bigswitch(['list'])).stdout).toBe(
    `No migration is running in namespace "default" of ${lab.env.address} (--all shows those that have ended).\n`,
  );
}, 180_000);

test('status shows phases, the open gate, its evidence and the command to copy', async () => {
  await lab.migration('looked-at', async (handle) => {
    await openGate(handle, 'big-switch');
    const { code, stdout } = await lab.bigswitch(['status', 'looked-at']);
    expect(code).toBe(0);
    expect(stable(stdout)).toBe(`looked-at: waits for a person, phase 6 of 9, switch
waits for approval of gate big-switch

✓  preflight  SPAN 8 checks: 8 ok, 0 warnings, 0 waived by the plan
✓  bridge     SPAN 4 clients, 8 cross pairs answer, MTU 1420, 30.0 MiB/s
✓  redirect   SPAN every real address answers
✓  join       SPAN 4 nodes see 4 nodes
✓  replicate  SPAN a copy on both sides
✓  front      SPAN every front answers
…  switch     SPAN

cluster  shop 7.17.28, 2 nodes, 20 shards
bridge   30.0 MiB/s, packets up to 1420 bytes

Gate big-switch waits for a person: 0 of 1 approvals

Evidence for gate big-switch, taken TIME: it holds

✓  green  all shards are started

To approve: bigswitch approve looked-at --gate big-switch --token TOKEN
`);
    const json = JSON.parse((await lab.bigswitch(['status', 'looked-at', '--json'])).stdout);
    expect(json).toMatchObject({ execution: 'RUNNING', status: { phase: 'switch', gate: { gate: 'big-switch' } } });
  });
}, 180_000);

test('status says why a migration is blocked, paused or stuck, and what to do', async () => {
  await lab.migration('held', async (handle, world) => {
    world.answers.proveFronts = async () => {
      throw lasting('app-1 gets no answer from new-2');
    };
    await until(handle, (status) => status.blocked !== undefined);
    expect((await lab.bigswitch(['status', 'held'])).stdout).toContain(`held: blocked, phase 5 of 9, front
blocked, waits for a person

Blocked: front: app-1 gets no answer from new-2
To try again: bigswitch resume held
To go back:   bigswitch rollback held --reason WHY
`);
    delete world.answers.proveFronts;
    await lab.bigswitch(['resume', 'held', '--by', 'ann']);
    await lab.bigswitch(['pause', 'held', '--by', 'ann']);
    const held = 'Paused by ann before the next change.\nTo go on: bigswitch resume held\n';
    expect((await lab.bigswitch(['status', 'held'])).stdout).toContain(held);
  });
  await lab.migration('moving', async (handle, world) => {
    const stuck = { sentence: 'index a does not fit on new-1.', action: 'Free 3 GiB there.' };
    world.answers.replicate = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { ...moved(40), stuck };
    };
    await until(handle, (status) => status.progress?.stuck !== undefined);
    const { stdout } = await lab.bigswitch(['status', 'moving']);
    expect(stdout).toContain('Stuck: index a does not fit on new-1. Free 3 GiB there.');
    expect(stdout).toContain('Progress: 60 %, 38.1 MiB and 40 shards left, 1.00 MiB/s, about 40 s');
  });
}, 180_000);

test('list shows what runs and where it is; with --all what has ended', async () => {
  await lab.migration('listed', async (handle) => {
    await openGate(handle, 'big-switch');
    expect(stable(await untilListed(lab, /listed/))).toBe(
      'name    status   phase   gate        started\n' + 'listed  running  switch  big-switch  TIME\n',
    );
    await handle.terminate();
  });
  expect(stable(await untilListed(lab, /^listed +terminated/m, ['--all']))).toMatch(/^listed +terminated +TIME$/m);
}, 180_000);

test('evidence shows each fact, and there is none before the first gate', async () => {
  await lab.migration('judged', async (handle, world) => {
    world.facts = [
      { name: 'green', ok: true, seen: 'all shards are started', proves: 'No copy is missing.' },
      { name: 'every app reaches every front', ok: false, seen: 'app-1 gets no answer from new-2' },
    ];
    await openGate(handle, 'big-switch');
    expect(stable((await lab.bigswitch(['evidence', 'judged'])).stdout))
      .toBe(`Evidence for gate big-switch, taken TIME: it does not hold

✓  green                          all shards are started. No copy is missing.
✗  every app reaches every front  app-1 gets no answer from new-2
`);
  });
  await lab.migration('young', async (handle, world) => {
    let go = () => undefined as void;
    const held = new Promise<void>((resolve) => (go = resolve));
    world.answers.preflightHost = async () => {
      await held;
      return [];
    };
    await until(handle, () => true);
    const { code, stderr } = await lab.bigswitch(['evidence', 'young']);
    go();
    expect([code, stderr]).toEqual([
      4,
      'young has no evidence yet: no gate was opened so far\nSee how far it is: `bigswitch status young`.\n',
    ]);
  });
}, 180_000);

test('report is made from the history, without the files of the worker', async () => {
  const out = join(lab.folder, 'report-of-done');
  await lab.migration('done', async (handle) => {
    await openGate(handle, 'big-switch');
    const early = await lab.bigswitch(['report', 'done']);
    expect([early.code, early.stderr]).toEqual([
      4,
      'done has no report yet: it is written when the migration ends\nSee how far it is: `bigswitch status done`.\n',
    ]);
    await approveAll(handle);
    await handle.result();
    const { code, stdout } = await lab.bigswitch(['report', 'done', '--out', out]);
    expect([code, stdout]).toEqual([0, `done: migrated. The report: ${join(out, 'report.html')}\n`]);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
    const written: unknown = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    expect(reportSchema.parse(written)).toMatchObject({ outcome: 'migrated', workflowId: 'bigswitch-done' });
    expect(JSON.parse((await lab.bigswitch(['report', 'done', '--json'])).stdout)).toEqual(written);
  });
}, 180_000);
