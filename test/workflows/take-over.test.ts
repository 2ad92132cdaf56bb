import type { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { startCleanUp } from '../../src/client';
import { FakeWorld } from './support/fake-world';
import { devServer, startLab, withMigration } from './support/lab';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const FOREIGN = { migration: 'shop', namespace: 'default', run: 'a-run-elsewhere', server: 'another-server', age: 40 };

/** A world that a run of the same plan holds, started on another server. */
function heldElsewhere(workflowId: string): FakeWorld {
  const world = new FakeWorld(planInput());
  for (const host of world.hosts()) world.ledger.claim(host, { ...FOREIGN, owner: workflowId, over: false });
  return world;
}

test.concurrent(
  'a clean-up leaves a live run of another server with the same plan alone, and says who, where and how fresh it is',
  async () => {
    const workflowId = `bigswitch-elsewhere-${process.pid}`;
    const world = heldElsewhere(workflowId);
    const held = world.ledger.left();
    await withMigration(await lab, { world, input: planInput(), workflowId, type: 'cleanUp' }, async (handle) => {
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const { type, message } = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect(type).toBe('PreflightFailed');
      expect(message).toContain(
        `(workflow ${workflowId}, run a-run-elsewhere, namespace "default" of Temporal cluster another-server, renewed 40 s ago)`,
      );
      expect(message).toContain('bigswitch cleanup PLAN --take-over a-run-elsewhere');
      expect(world.changes()).toEqual([]);
    });
    expect(world.ledger.left()).toEqual(held);
  },
);

test.concurrent('it is taken over by the word that names it, on every host', async () => {
  const { env, taskQueue, worlds } = await lab;
  const workflowId = `bigswitch-taken-${process.pid}`;
  const world = heldElsewhere(workflowId);
  worlds.set(workflowId, world);
  const takeOver = ['a-run-elsewhere'];
  const handle = await startCleanUp(env.client, planInput(), { workflowId, taskQueue, takeOver });
  await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
  const hosts = world.hosts().sort();
  expect(world.said(/^claimHost/).sort()).toEqual(hosts.map((host) => `claimHost ${host}`));
  expect(world.ledger.left()).toEqual([]);
});

test.concurrent(
  'two runs that begin at once on two servers: the second one is refused by the first host that it wants',
  async () => {
    const workflowId = `bigswitch-second-${process.pid}`;
    const world = heldElsewhere(workflowId);
    const held = world.ledger.left();
    await withMigration(await lab, { world, input: planInput(), workflowId }, async (handle) => {
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const { type, message } = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect(type).toBe('PreflightFailed');
      expect(message).toContain('another-server');
      expect(world.changes()).toEqual(['claimHost old-1']);
    });
    expect(world.ledger.left()).toEqual(held);
  },
);
