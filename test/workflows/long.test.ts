import type { Audit } from '../../src/contract/messages';
import type { MoveProgress } from '../../src/contract/progress';
import { FakeWorld, moved } from './support/fake-world';
import { approveAll, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { planInput } from './support/plan';
import { inNewestRun } from './support/resets';

// This server asks for a new run after so few events that a whole migration takes several.
const lab = startLab(devServer(['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60']));
afterAll(async () => (await lab).close());

test.concurrent('a long migration goes on in new runs, and forgets nothing', async () => {
  const input = planInput({
    gates: { twoApprovers: ['big-switch'] },
    notify: { webhooks: [{ name: 'chat', url: 'env:CHAT' }] },
  });
  const world = new FakeWorld(input);
  const left = [90, 80, 70, 60, 50, 40, 30, 20, 10, 0];
  world.answers.replicate = async () => moved(left.shift() ?? 0);
  world.answers.drain = async ({ since }) => moved(Math.max(0, (since?.shardsLeft ?? 100) - 10));
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    await handle.signal('approve', { gate: 'big-switch', token, by: 'ann' });
    const client = (await lab).env.client;
    const last = client.workflow.getHandle(handle.workflowId);
    await last.signal('approve', { gate: 'big-switch', token, by: 'bob' });
    const newest = Object.assign(handle, { query: last.query.bind(last), signal: last.signal.bind(last) });
    await approveAll(newest, ['drain:old-1', 'drain:old-2', 'teardown']);
    await expect(last.result()).resolves.toMatchObject({ outcome: 'migrated' });

    const runs: string[] = [];
    for await (const run of client.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` })) {
      runs.push(run.status.name);
    }
    expect(runs.filter((status) => status === 'CONTINUED_AS_NEW').length).toBeGreaterThanOrEqual(2);
    // Nothing was done twice, and each call knew how far the last one came.
    const since = world.calls.filter((call) => call.name === 'replicate').map((call) => call.input);
    const shards = since.map((input) => (input as { since?: MoveProgress }).since?.shardsLeft);
    expect(shards).toEqual([undefined, 90, 80, 70, 60, 50, 40, 30, 20, 10]);
    expect(world.said(/installBridgeHub|startNewNode new-1|stopNode|moveQuorum/)).toEqual([
      'installBridgeHub',
      'startNewNode new-1',
      'moveQuorum new',
      'stopNode old-1',
      'stopNode old-2',
    ]);
    // People were told of everything once, whichever run it was.
    while (world.notices.length < 14) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(new Set(world.notices.map(({ notice }) => notice.id)).size).toBe(14);
    expect(world.notices.filter(({ notice }) => notice.event === 'phase-ended')).toHaveLength(9);
    const audit = await last.query<Audit>('audit');
    expect(audit.filter((entry) => entry.kind === 'gate-passed')).toHaveLength(4);
    expect(audit.filter((entry) => entry.kind === 'approve').map((entry) => entry.by)).toEqual([
      'ann',
      'bob',
      'ann',
      'ann',
      'ann',
    ]);
  });
});

test.concurrent.each<[string, (handle: Handle, token: string) => Promise<void>]>([
  [
    'rejected',
    (handle, token) => handle.signal('reject', { gate: 'big-switch', token, by: 'ann', reason: 'change freeze' }),
  ],
  [
    'approved and paused',
    async (handle, token) => {
      await handle.signal('pause', { by: 'ann', reason: 'change freeze' });
      await handle.signal('approve', { gate: 'big-switch', token, by: 'bob' });
    },
  ],
])('a run whose gate is %s for days goes on in a new one', async (_how, hold) => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (first, client) => {
    const handle = inNewestRun(client, first);
    await hold(handle, await openGate(handle, 'big-switch'));
    await until(handle, (seen) => seen.paused);
    const runId = async () => (await client.workflow.getHandle(handle.workflowId).describe()).runId;
    const before = await runId();
    // As the watch does, in days.
    for (let i = 0; i < 80; i += 1) await handle.signal('throttle', 'junk');
    while ((await runId()) === before) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await until(handle, () => true)).toMatchObject({ heldBy: [{ by: 'ann' }] });
    expect(world.said(/switchApp/)).toEqual([]);
    await handle.signal('resume', { by: 'ann' });
    await until(handle, (seen) => !seen.paused);
  });
});

test.concurrent('a run of its own can not carry in gates that were never passed', async () => {
  const input = { plan: planInput(), carried: { passed: [{ gate: 'big-switch' }] } };
  const world = new FakeWorld(planInput());
  await withMigration(await lab, { world, input }, async (handle) => {
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidPlan' } });
  });
});
