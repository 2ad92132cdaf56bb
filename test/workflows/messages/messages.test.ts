import { WorkflowUpdateFailedError } from '@temporalio/client';
import { RunningMigration } from '../../../src/client';
import type { Audit } from '../../../src/contract/messages';
import { QUERIES, SIGNALS } from '../../../src/workflows/messages/messages';
import { FakeWorld } from '../support/fake-world';
import { approveAll, openGate, devServer, until, withMigration, type Handle, startLab } from '../support/lab';
import { planInput } from '../support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/** Sends bytes as a signal's argument, as a client in another language may. */
async function signalBytes(handle: Handle, name: string, encoding: string, data: string): Promise<void> {
  await (
    await lab
  ).env.client.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: handle.workflowId },
    signalName: name,
    input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
  });
}

/** Numbers that look random and are the same in each run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % sides;
  };
}

/** Values that a form, a script or a mistake may send; none of them is a right message. */
function junk(roll: (sides: number) => number, token: string): unknown {
  const values: unknown[] = [
    undefined,
    null,
    true,
    0,
    -1,
    '',
    'approve',
    [],
    [[]],
    {},
    'x'.repeat(5000),
    { gate: null },
    { gate: 'big-switch', token: [token], by: ['ann'] },
    { gate: 'big-switch', token, by: { name: 'ann' } },
    { gate: 'big-switch', token, by: '' },
    { gate: 'big-switch', token, by: 'x'.repeat(1000) },
    { gate: { toString: 'big-switch' }, token, by: 1 },
    { gate: 'drain:old-1', token, by: false, reason: 'because' },
    { constructor: 1, hasOwnProperty: true },
    { maxMBps: -5 },
    { maxMBps: '10' },
    { maxMBps: 1e12 },
    { reason: 'no name' },
    { by: 7, reason: 7 },
    { deep: JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown },
  ];
  return values[roll(values.length)];
}

test.concurrent('a thousand messages of junk do nothing at all', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    const changesBefore = world.changes();
    const roll = dice(7);
    const names = Object.keys(SIGNALS);
    for (let sent = 0; sent < 1000; sent += 50) {
      const messages = Array.from({ length: 50 }, () =>
        handle.signal(names[roll(names.length)] ?? '', junk(roll, token)),
      );
      await Promise.all(messages);
    }
    const status = await until(handle, () => true);
    expect(status).toMatchObject({ outcome: 'running', paused: false, gate: { token, approvals: [] } });
    expect(world.changes()).toEqual(changesBefore);
    const audit = await handle.query<Audit>('audit');
    const answered = audit.filter((entry) => entry.kind !== 'gate-opened');
    expect(answered.every((entry) => !entry.accepted && entry.reason)).toBe(true);
    expect(answered).toHaveLength(200);
    expect(JSON.stringify(audit).length).toBeLessThan(200_000);
    await approveAll(handle);
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
  });
});

test.concurrent('bytes that are not what their encoding says do not wedge the run', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    await signalBytes(handle, 'approve', 'json/plain', '{not json');
    await signalBytes(handle, 'pause', 'binary/unheard-of', 'x');
    await signalBytes(handle, 'drainNews', 'json/plain', '}');
    await signalBytes(handle, 'nobody-listens', 'json/plain', '{');
    await until(handle, () => true);
    const audit = await handle.query<Audit>('audit');
    const refused = audit.filter((entry) => !entry.accepted);
    expect(refused.map((entry) => [entry.kind, entry.reason?.slice(0, 9)])).toEqual([
      ['approve', 'malformed'],
      ['pause', 'malformed'],
    ]);
    await approveAll(handle);
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
  });
});

test.concurrent('a migration answers for its plan with every default filled in', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const plan = await handle.query(QUERIES.plan);
    expect(plan).toMatchObject({ name: 'shop', sampleSeconds: 30, gates: { approvalMinutes: 30 } });
    await expect(handle.query(QUERIES.evidence)).resolves.toBeNull();
  });
});

test.concurrent('a sender of an update learns what came of it', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const migration = new RunningMigration((await lab).env.client, handle.workflowId);
    const token = await openGate(handle, 'big-switch');
    const reasonOf = async (sent: Promise<unknown>) => {
      const error: unknown = await sent.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
      return (error as WorkflowUpdateFailedError).cause?.message;
    };
    const wrong = { gate: 'big-switch', token: 'deadbeef', by: 'ann' };
    expect(await reasonOf(migration.approve(wrong))).toMatch(/not the token/);
    expect(await reasonOf(migration.approve({ gate: 'big-switch' } as never))).toMatch(/malformed: token/);
    expect(await reasonOf(migration.reject({ ...wrong, reason: 'no' }))).toMatch(/not the token/);
    expect(world.said(/switchApp/)).toEqual([]);
    await expect(migration.approve({ gate: 'big-switch', token, by: 'ann' })).resolves.toMatchObject({
      accepted: true,
    });
    await openGate(handle, 'drain:old-1');
    // What was refused for its content is in the audit; what was malformed never entered the history.
    const audit = await handle.query<Audit>('audit');
    expect(audit.filter((entry) => !entry.accepted).map((entry) => entry.kind)).toEqual(['approve', 'reject']);
  });
});
