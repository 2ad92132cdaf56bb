import type { planMigration } from '../../src/workflows';
import { dryRunOf, FakeWorld, lasting } from './support/fake-world';
import { startLab, timeSkippingServer, type Lab } from './support/lab';
import { planInput } from './support/plan';

describe('planMigration', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab(timeSkippingServer());
  });

  afterAll(() => lab.close());

  let count = 0;
  const plan = (world: FakeWorld, ...args: Parameters<typeof planMigration>) => {
    const workflowId = `plan-${process.pid}-${++count}`;
    lab.worlds.set(workflowId, world);
    return lab.env.client.workflow.execute<typeof planMigration>('planMigration', {
      taskQueue: lab.taskQueue,
      workflowId,
      args,
    });
  };

  it('looks at every host and the cluster, changes nothing, and gives back the dry run', async () => {
    const world = new FakeWorld(planInput());
    await expect(plan(world, planInput(), { linkMBps: 40 })).resolves.toEqual(dryRunOf('shop'));
    expect(world.changes()).toEqual([]);
    // Hosts are looked at side by side, so only what comes after them has an order.
    expect(world.said(/^preflightHost/).sort()).toEqual(
      world
        .hosts()
        .map((host) => `preflightHost ${host}`)
        .sort(),
    );
    expect(world.said().slice(-2)).toEqual(['preflightCluster', 'dryRun']);
    expect(world.calls.at(-1)?.input).toMatchObject({
      checks: [],
      counts: { ok: 8, warn: 0, failed: 0 },
      linkMBps: 40,
    });
  });

  it('tells the rest when a host or the cluster can not be looked at', async () => {
    const world = new FakeWorld(planInput(), {
      preflightHost: async ({ host }) => {
        if (host === 'new-1') throw lasting('new-1: shows another host key', 'SshRefused');
        return [];
      },
      preflightCluster: async () => {
        throw lasting('no old node answers');
      },
    });
    await plan(world, planInput());
    const input = world.calls.at(-1)?.input as { checks: { name: string; subject: string; seen: string }[] };
    expect(input.checks.map(({ name, subject, seen }) => `${name} ${subject}: ${seen}`)).toEqual([
      'look new-1: new-1: shows another host key',
      'cluster : no old node answers',
    ]);
  });

  it.each([
    ['a plan that can not be used', [{ version: 1 }], /The plan can't be used/],
    ['a link that is no number', [planInput(), { linkMBps: 'fast' }], /linkMBps: must be a number/],
  ])('refuses %s', async (_what, args, message) => {
    const world = new FakeWorld(planInput());
    await expect(plan(world, ...(args as [unknown]))).rejects.toMatchObject({
      cause: { message: expect.stringMatching(message) as string },
    });
    expect(world.said(/dryRun/)).toEqual([]);
  });
});
