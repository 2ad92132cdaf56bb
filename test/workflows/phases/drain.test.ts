import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { Audit } from '../../../src/contract/messages';
import { FakeWorld, lasting, moved } from '../support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from '../support/lab';
import { planInput } from '../support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

type Event = temporal.api.history.v1.IHistoryEvent;

const childOf = (handle: Handle) => `${handle.workflowId}-drain-old-1`;
const DRAINS = /^(excludeNode|drain|stopNode|setExpectedNodes|removeRedirectsFor|undoHost old-1 redirect)/;

/** Resets the drain of a node to its first task, as the button of the UI does. @returns how the new run ended */
async function resetChild(handle: Handle, client: Client): Promise<unknown> {
  const workflowId = childOf(handle);
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const task = events?.find((event: Event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: task?.eventId,
    requestId: `reset-${workflowId}`,
    reason: 'try again',
  });
  return client.workflow
    .getHandle(workflowId, runId)
    .result()
    .catch((error: unknown) => error);
}

/** The reason, from whatever activity or workflow it came through. */
function typeOf(error: unknown): string | undefined {
  let cause = (error as WorkflowFailedError).cause;
  while (cause?.cause) cause = cause.cause as Error;
  return (cause as ApplicationFailure | undefined)?.type ?? undefined;
}

test.concurrent(
  'a drain that is reset while its parent rolls back changes nothing',
  async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    world.answers.drain = async () => {
      throw lasting('the cluster refused');
    };
    await withMigration(await lab, { world, input }, async (handle, client) => {
      for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
      await until(handle, (status) => status.blocked !== undefined);
      delete world.answers.drain;
      const rollingBack = new Promise<void>((resolve) => {
        world.answers.proveOldNodesServe = async () => {
          resolve();
          await new Promise((go) => (release = go as () => void));
          return { proven: 'old nodes serve', facts: {} };
        };
      });
      let release = () => undefined as void;
      await handle.signal('rollback', { by: 'bob', reason: 'slow' });
      await rollingBack;
      const before = world.said(DRAINS).length;
      expect(typeOf(await resetChild(handle, client))).toBe('NotAsked');
      expect(world.said(DRAINS)).toHaveLength(before);
      release();
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
      // After the end of everything it is the same.
      const ended = world.said(DRAINS).length;
      expect(typeOf(await resetChild(handle, client))).toBe('NotAsked');
      expect(world.said(DRAINS)).toHaveLength(ended);
      expect(world.said(/^stopNode/)).toEqual([]);
    });
  },
  180_000,
);

test.concurrent('a drain that anybody starts by hand does nothing', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  const { env, taskQueue, worlds } = await lab;
  worlds.set(`bigswitch-by-hand-${process.pid}`, world);
  const workflowId = `bigswitch-by-hand-${process.pid}-drain-old-1`;
  const plan = { ...input, name: 'shop' };
  const args = [{ plan, host: 'old-1', old: [] }];
  const error: unknown = await env.client.workflow
    .execute('drainNode', { taskQueue, workflowId, args })
    .catch((thrown: unknown) => thrown);
  expect(typeOf(error)).toBe('NotAsked');
  expect(world.said(DRAINS)).toEqual([]);
});

test.concurrent('what can not be undone is asked for by the parent, after the node was emptied', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  let left = 2;
  world.answers.drain = async () => moved(--left);
  await withMigration(await lab, { world, input }, async (handle) => {
    for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
    await openGate(handle, 'drain:old-2');
    const runs = world.calls.filter(({ name }) => name === 'stopNode' || name === 'drain').map(({ runId }) => runId);
    expect(runs).toHaveLength(3);
    expect(runs[2]).toBe(handle.firstExecutionRunId);
    expect(runs[0]).not.toBe(handle.firstExecutionRunId);
  });
});

describe('a drain that is tried again after a block', () => {
  const blockedFirst = async (world: FakeWorld, test: (handle: Handle) => Promise<void>) => {
    world.answers.excludeNode = async () => {
      throw lasting('403');
    };
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
      await until(handle, (status) => status.blocked !== undefined);
      delete world.answers.excludeNode;
      await test(handle);
    });
  };
  const proofs = (world: FakeWorld) => world.said(/^gatherEvidence drain:old-1/).length;

  test.concurrent('is proved again first', async () => {
    const world = new FakeWorld(planInput());
    await blockedFirst(world, async (handle) => {
      const before = proofs(world);
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'drain:old-2');
      expect(proofs(world)).toBe(before + 1);
    });
  });

  test.concurrent('waits for a new word when the evidence does not hold any more', async () => {
    const world = new FakeWorld(planInput());
    await blockedFirst(world, async (handle) => {
      world.facts = [{ name: 'no client is connected', ok: false, seen: '3 clients' }];
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'drain:old-1');
      const audit = await handle.query<Audit>('audit');
      expect(audit.at(-1)?.reason).toMatch(/tried again, but the evidence no longer holds: no client is connected/);
      expect(world.said(/^(excludeNode|stopNode)/)).toEqual(['excludeNode old-1']);
    });
  });
});

test.concurrent('junk that claims to be news of a drain changes nothing, and the way back stays open', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  // Never at its end, so that the rollback comes while it drains; new nodes are emptied at once.
  world.answers.drain = async ({ host }) => {
    if (host !== 'old-1') return moved(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return moved(50);
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
    await until(handle, (status) => status.draining === 'old-1' && status.progress !== undefined);
    const progress = { ...moved(50), shardsLeft: -1 };
    await handle.signal('drainNews', { host: 'old-1', progress });
    await handle.signal('drainNews', { host: 'old-1', run: 'another', stopping: true, progress: moved(1) });
    await handle.signal('rollback', { by: 'ann', reason: 'slow' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
    // It was never stopped, so it did not have to come in again.
    expect(world.said(/^proveRejoined/)).toEqual([]);
  });
});
