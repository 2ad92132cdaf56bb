import type { Client } from '@temporalio/client';
import type { Audit, Status } from '../../src/contract/messages';
import { FakeWorld, moved } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { SHORT_HISTORY, untilNewRun } from './support/new-run';
import { planInput } from './support/plan';
import { inNewestRun } from './support/resets';

const lab = startLab(devServer(SHORT_HISTORY));
afterAll(async () => (await lab).close());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const inTheMiddle = ({ doing }: Status) => doing.startsWith('paused in the middle');

/** A migration that drains its first old node, and how far that is; it gets no further until that is changed. */
async function drains(
  test: (handle: Handle, client: Client, world: FakeWorld, left: { shards: number }) => Promise<void>,
) {
  const input = planInput();
  const world = new FakeWorld(input);
  const left = { shards: 50 };
  world.answers.drain = async () => {
    await wait(200);
    return moved(left.shards);
  };
  await withMigration(await lab, { world, input }, async (first, client) => {
    const handle = inNewestRun(client, first);
    for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
    await until(handle, ({ progress }) => progress?.shardsLeft === 50);
    await test(handle, client, world, left);
  });
}

/** Nothing is asked of the drain meanwhile. */
async function staysHeld(world: FakeWorld): Promise<void> {
  const calls = world.said(/^drain old-1/).length;
  await wait(2_000);
  expect(world.said(/^drain old-1/)).toHaveLength(calls);
}

/** It ends as it would have without a new run, on the word that was given once. */
async function endsWell(handle: Handle, world: FakeWorld, left: { shards: number }): Promise<void> {
  left.shards = 0;
  await openGate(handle, 'drain:old-2');
  expect(world.said(/^(excludeNode|stopNode)/)).toEqual(['excludeNode old-1', 'stopNode old-1']);
  const passed = (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'gate-passed');
  expect(passed.map(({ gate }) => gate)).toEqual(['big-switch', 'drain:old-1']);
}

test.concurrent(
  'a pause that lasts for days between two changes goes on in a new run',
  async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (first, client) => {
      const handle = inNewestRun(client, first);
      world.answers.installBridgeHub = async () => {
        await handle.signal('pause', { by: 'ann', reason: 'change freeze' });
        await until(handle, ({ paused }) => paused);
        return [];
      };
      await until(handle, ({ paused }) => paused);
      while (world.underWay > 1) await wait(50);
      await untilNewRun(client, handle.workflowId);
      expect(await until(handle, () => true)).toMatchObject({ paused: true, phase: 'bridge' });
      expect(world.said(/installBridgeClient/)).toEqual([]);
      delete world.answers.installBridgeHub;
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'big-switch');
    });
  },
  200_000,
);

test.concurrent(
  'a drain that gets no further for days goes on in a new run of its migration',
  () =>
    drains(async (handle, client, world, left) => {
      await untilNewRun(client, handle.workflowId);
      const calls = world.said(/^drain old-1/).length;
      while (world.said(/^drain old-1/).length < calls + 2) await wait(50);
      expect(await until(handle, () => true)).toMatchObject({ draining: 'old-1', progress: { shardsLeft: 50 } });
      await endsWell(handle, world, left);
    }),
  200_000,
);

test.concurrent(
  'so does one that is paused for days',
  () =>
    drains(async (handle, client, world, left) => {
      await handle.signal('pause', { by: 'ann' });
      await untilNewRun(client, handle.workflowId);
      await wait(2_000);
      await staysHeld(world);
      await handle.signal('resume', { by: 'ann' });
      await endsWell(handle, world, left);
    }),
  200_000,
);

test.concurrent(
  'a child that is held for days goes on in a new run',
  () =>
    drains(async (handle, client, world, left) => {
      await handle.signal('pause', { by: 'ann' });
      // Its parent has a new history, and goes on in no other run meanwhile.
      await untilNewRun(client, handle.workflowId);
      await wait(2_000);
      const child = client.workflow.getHandle(`${handle.workflowId}-drain-old-1`);
      for (let i = 0; i < 80; i += 1) await child.signal('tried', 'junk').catch(() => undefined);
      const wentOn = async () => {
        const query = `WorkflowId = '${child.workflowId}' AND ExecutionStatus = 'ContinuedAsNew'`;
        for await (const _ of client.workflow.list({ query })) return true;
        return false;
      };
      while (!(await wentOn())) await wait(200);
      await staysHeld(world);
      await handle.signal('resume', { by: 'ann' });
      await endsWell(handle, world, left);
    }),
  200_000,
);

test.concurrent.each([
  ['sees', async (handle: Handle) => void (await until(handle, inTheMiddle))],
  ['may not see, as it ends at once', async () => undefined],
])(
  'a pause in the midst of the switch that a new run %s is proved again, however short it was there',
  async (_, seen) => {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (first, client) => {
      const handle = inNewestRun(client, first);
      world.answers.watchApps = async () => {
        delete world.answers.watchApps;
        await handle.signal('pause', { by: 'ann', reason: 'lunch' });
        await until(handle, ({ paused }) => paused);
        return { proven: 'healthy', facts: {} };
      };
      await approve(handle, 'big-switch');
      await until(handle, inTheMiddle);
      const looks = world.said(/gatherEvidence big-switch/).length;
      await untilNewRun(client, handle.workflowId);
      await seen(handle);
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'drain:old-1');
      expect(world.said(/switchApp app-1/)).toEqual(['switchApp app-1']);
      expect(world.said(/gatherEvidence big-switch/)).toHaveLength(looks + 1);
      expect(world.said(/undoHost/)).toEqual([]);
    });
  },
  200_000,
);
