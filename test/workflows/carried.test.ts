import type { Client } from '@temporalio/client';
import { startCleanUp } from '../../src/client';
import { FakeWorld, lasting, moved } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { lengthen, SHORT_HISTORY, untilNewRun } from './support/new-run';
import { planInput } from './support/plan';
import { inNewestRun } from './support/resets';

const lab = startLab(devServer(SHORT_HISTORY));
afterAll(async () => (await lab).close());

async function migration(test: (handle: Handle, client: Client, world: FakeWorld) => Promise<void>): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, (first, client) => test(inNewestRun(client, first), client, world));
}

/** A word that counts no more when the canary is on the fronts, as after a reset. */
async function wordIsLost(handle: Handle, world: FakeWorld): Promise<void> {
  world.answers.switchApp = async ({ host }) => {
    if (host === 'app-2') throw lasting('the run was reset', 'OtherRun');
    return [];
  };
  await approve(handle, 'big-switch');
}

/** Makes an open gate look again. */
async function lookAgain(handle: Handle): Promise<void> {
  await handle.signal('reject', {
    gate: 'big-switch',
    token: await openGate(handle, 'big-switch'),
    by: 'ann',
    reason: 'look',
  });
  await handle.signal('resume', { by: 'ann' });
}

test.concurrent(
  'a quorum that could not be taken back before another word is tried again in a new run, and keeps the gate shut',
  () =>
    migration(async (handle, client, world) => {
      world.answers.moveQuorum = async () => {
        throw lasting('no node can be elected');
      };
      await wordIsLost(handle, world);
      await until(handle, ({ gate }) => gate?.evidence.holds === false);
      const { gate } = await until(handle, () => true);
      await untilNewRun(client, handle.workflowId, () =>
        handle.signal('reject', { gate: 'big-switch', token: gate?.token, by: 'ann', reason: 'wait' }),
      );
      const tries = world.said(/^moveQuorum/).length;
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'big-switch');
      const seen = await until(handle, () => true);
      expect(seen.gate?.evidence.facts.filter(({ ok }) => !ok).map(({ seen: why }) => why)).toEqual([
        'they could not be taken back (no node can be elected)',
      ]);
      expect(world.said(/^moveQuorum/).length).toBe(tries + 1);
      delete world.answers.moveQuorum;
      await lookAgain(handle);
      await until(handle, (status) => status.gate?.evidence.holds === true);
      expect(world.said(/^moveQuorum/)).toHaveLength(tries + 2);
    }),
  200_000,
);

test.concurrent(
  'apps that went back right before a new run have their quorum follow there',
  () =>
    migration(async (handle, client, world) => {
      let before = '';
      world.answers.undoHost = async ({ host }) => {
        if (host === 'app-1' && before === '') {
          await handle.signal('pause', { by: 'ann' });
          await until(handle, ({ paused }) => paused);
          before = (await handle.describe()).runId;
        }
        return { host, undone: ['switch'] };
      };
      await wordIsLost(handle, world);
      await until(handle, ({ paused, switchedApps }) => paused && switchedApps.length === 0);
      await lengthen(client, handle.workflowId);
      while (before === '' || (await handle.describe()).runId === before) await until(handle, () => true);
      await handle.signal('resume', { by: 'ann' });
      await until(handle, (status) => status.gate?.evidence.holds === true);
      expect(world.said(/^moveQuorum/)).toEqual(['moveQuorum old']);
    }),
  200_000,
);

test.concurrent(
  'a way back of which nobody says for a day how far it is waits for a person, in however many runs the day is',
  () =>
    migration(async (handle, _, world) => {
      let calls = 0;
      world.answers.drain = async ({ since }) => {
        calls += 1;
        const seconds = (since?.unanswered?.seconds ?? 0) + 3_600;
        return { ...moved(50), unanswered: { seconds, reason: 'no node answers' } };
      };
      await openGate(handle, 'big-switch');
      await handle.signal('rollback', { by: 'bob', reason: 'enough' });
      const { blocked } = await until(handle, (status) => status.blocked !== undefined || calls > 60);
      expect(blocked).toContain('for a day nobody has said how far it is: no node answers');
      expect(calls).toBe(24);
    }),
  200_000,
);

test.concurrent(
  'who is taken over by a clean-up is known in a new run too',
  async () => {
    const { env, taskQueue, worlds } = await lab;
    const workflowId = `bigswitch-goes-on-${process.pid}`;
    const world = new FakeWorld(planInput());
    const elsewhere = { migration: 'shop', namespace: 'default', run: 'a-run-elsewhere', server: 'another', age: 40 };
    for (const host of world.hosts()) world.ledger.claim(host, { ...elsewhere, owner: workflowId, over: false });
    worlds.set(workflowId, world);
    world.answers.surveyHosts = async () => {
      throw lasting('no host answers');
    };
    const takeOver = ['a-run-elsewhere'];
    const started = await startCleanUp(env.client, planInput(), { workflowId, taskQueue, takeOver });
    const handle = inNewestRun(env.client, started);
    await until(handle, ({ blocked }) => blocked !== undefined);
    await untilNewRun(env.client, workflowId);
    delete world.answers.surveyHosts;
    await handle.signal('resume', { by: 'ann' });
    await expect(started.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
  },
  300_000,
);
