import type { temporal } from '@temporalio/proto';
import { startMigration } from '../../src/client';
import { FakeWorld, moved } from './support/fake-world';
import { approveAll, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/** The Markdown that the UI shows. */
async function details(handle: Handle): Promise<string> {
  const metadata = await handle.query<temporal.api.sdk.v1.IWorkflowMetadata>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}

test.concurrent('the UI shows phase, progress and time left while shards move', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  let shown: (() => void) | undefined;
  const wait = new Promise<void>((resolve) => (shown = resolve));
  let calls = 0;
  world.answers.replicate = async () => {
    if (++calls > 1) await wait;
    const stuck = { sentence: 'new-1 has no room.', action: 'Free some disk there.' };
    return calls > 1 ? moved(0) : { ...moved(40), stuck };
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    await until(handle, (status) => status.progress !== undefined);
    const text = await details(handle);
    expect(text).toContain('**shop**: phase 4 of 9, replicate.');
    expect(text).toContain('Progress: 60 %, 38.1 MiB and 40 shards left, 1.00 MiB/s, about 40 s');
    expect(text).toContain('**Stuck:** new-1 has no room. Free some disk there.');
    shown?.();
    await openGate(handle, 'big-switch');
  });
});

test.concurrent('the UI shows an open gate with its evidence and the command to copy', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    const text = await details(handle);
    expect(text).toContain('### Gate big-switch waits for a person (0 of 1 approvals)');
    expect(text).toContain('- ✓ green: all shards are started');
    expect(text).toContain(`--name approve --input '{"gate":"big-switch","token":"${token}","by":"you"}'`);
    await handle.signal('pause', { by: 'bob', reason: 'lunch' });
    await until(handle, (status) => status.paused);
    expect(await details(handle)).toContain('**Paused** by bob: lunch');
    expect(await details(handle)).toContain(`--name resume --input '{"by":"you"}'`);
  });
});

test.concurrent('every activity and timer says in the timeline what it is for', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    await approveAll(handle);
    await handle.result();
    const { events } = await handle.fetchHistory();
    const asked = (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes ?? event.timerStartedEventAttributes,
    );
    const summaries = asked.map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString());
    expect(summaries.every((summary) => summary.length > 2)).toBe(true);
    expect(summaries).toContain('"switch the app on app-2 to the fronts"');
    expect(summaries).toContain('"gate big-switch: waits for a person"');
  });
});

test.concurrent('the client starts a plan once, and never a second one beside it', async () => {
  const { env, worlds, taskQueue } = await lab;
  const input = planInput({ name: 'only-once' });
  worlds.set('bigswitch-only-once', new FakeWorld(input));
  const handle = await startMigration(env.client, input, { taskQueue });
  try {
    expect(handle.workflowId).toBe('bigswitch-only-once');
    await expect(startMigration(env.client, input, { taskQueue })).rejects.toThrow(/already started/i);
    expect(await (await handle.describe()).staticSummary()).toBe('move shop from 2 old to 2 new hosts');
    await expect(startMigration(env.client, { ...input, name: 'No!' }, { taskQueue })).rejects.toThrow(/name/);
  } finally {
    await handle.terminate();
  }
});
