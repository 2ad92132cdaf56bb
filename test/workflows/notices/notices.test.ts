import { ApplicationFailure } from '@temporalio/common';
import type { Audit } from '../../../src/contract/messages';
import type { Notice } from '../../../src/contract/notice';
import type { deliverNotice } from '../../../src/workflows/deliver-notice';
import type { planMigration } from '../../../src/workflows';
import { FakeWorld, lasting, moved, told } from '../support/fake-world';
import { approveAll, devServer, openGate, startLab, until, withMigration } from '../support/lab';
import { planInput } from '../support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const ALL = ['gate-opened', 'phase-ended', 'stuck', 'blocked', 'run-ended'] as const;
const notify = {
  webhooks: [{ name: 'chat', url: 'env:CHAT' }],
  commands: [{ name: 'pager', run: 'page', on: ['blocked' as const, 'stuck' as const] }],
};

async function eventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(holds()).toBe(true);
}

test('people are told of each gate, each phase and the end, once, with the command to copy', async () => {
  const input = planInput({ notify });
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    await approveAll(handle);
    await handle.result();
    await eventually(() => told(world).length === 14);
    const count = (event: string) => told(world).filter((one) => one.event === event).length;
    expect(ALL.map(count)).toEqual([4, 9, 0, 0, 1]);
    expect(world.notices).toHaveLength(14);
    const gate = told(world).find(({ what }) => what.startsWith('Gate big-switch'));
    expect(gate).toMatchObject({
      schemaVersion: 1,
      migration: 'shop',
      workflowId: handle.workflowId,
      phase: 'switch',
      what: 'Gate big-switch waits for a person (0 of 1 approvals).',
      todo: 'Read the evidence (the fact holds), then approve or reject.',
    });
    expect(gate?.commands.map(({ command }) => command)).toEqual([
      `temporal workflow query --workflow-id ${handle.workflowId} --type evidence`,
      expect.stringContaining(`--name approve --input '{"gate":"big-switch","token":"${token}","by":"you"}'`),
    ]);
    // What was seen is for those who may ask the run.
    expect(JSON.stringify(world.notices)).not.toContain('all shards are started');
    expect(told(world).at(-1)).toMatchObject({ event: 'run-ended', what: 'The migration is done.' });
  });
});

test('people are told when shards are stuck and when the run is blocked, again when it comes again, and of the way back', async () => {
  const input = planInput({ notify });
  const world = new FakeWorld(input);
  const stuck = { sentence: 'new-1 has no room.', action: 'Free some disk there.' };
  const steps = [{ ...moved(40), stuck }, { ...moved(40), stuck }, moved(20), { ...moved(20), stuck }];
  world.answers.replicate = async () => steps.shift() ?? moved(0);
  world.answers.proveFronts = async () => {
    throw lasting('app-1 gets no answer from new-2');
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    await until(handle, (status) => status.blocked !== undefined);
    await handle.signal('resume', { by: 'ann' });
    await eventually(() => told(world, 'pager').length === 4);
    expect(told(world, 'pager').map(({ event, what }) => `${event}: ${what}`)).toEqual([
      'stuck: Shards are stuck. new-1 has no room.',
      'stuck: Shards are stuck. new-1 has no room.',
      'blocked: The run is blocked: front: app-1 gets no answer from new-2',
      'blocked: The run is blocked: front: app-1 gets no answer from new-2',
    ]);
    expect(
      told(world, 'pager')
        .at(-1)
        ?.commands.map(({ does }) => does),
    ).toEqual(['to go on', 'to go back']);
    await handle.signal('rollback', { by: 'ann', reason: 'not today' });
    await handle.result();
    await eventually(() => told(world).some(({ event }) => event === 'run-ended'));
    expect(told(world).at(-1)?.what).toBe('Everything is as it was before (not today).');
  });
});

test('a receiver that never answers holds nothing up, and one that refuses is in the audit once', async () => {
  const input = planInput({
    notify: { webhooks: [...notify.webhooks, { name: 'broken', url: 'env:BROKEN', on: ['gate-opened'] }] },
  });
  const world = new FakeWorld(input);
  let answer: () => void = () => undefined;
  const silence = new Promise<void>((resolve) => (answer = resolve));
  world.receive = async ({ receiver }) => {
    if (receiver.name === 'broken') throw ApplicationFailure.nonRetryable('env:BROKEN is empty', 'SecretMissing');
    await silence;
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    for (;;) {
      const audit = (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'notify');
      if (audit.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      expect(audit).toEqual([
        {
          at: expect.any(String) as string,
          kind: 'notify',
          accepted: false,
          note: 'broken was not told: gate-opened',
          reason: 'env:BROKEN is empty',
        },
      ]);
      break;
    }
    await approveAll(handle);
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
  }).finally(answer);
});

test('a refused preflight and a cancelled run are told of, although the run is over', async () => {
  const input = planInput({ notify });
  const refused = new FakeWorld(input, {
    preflightHost: async ({ host }) => [
      { name: 'ssh', subject: host, result: 'failed', seen: 'no answer', waivable: false },
    ],
  });
  await withMigration(await lab, { world: refused, input }, async (handle) => {
    await expect(handle.result()).rejects.toThrow();
    await eventually(() => told(refused).length === 1);
    expect(told(refused)[0]).toMatchObject({ event: 'run-ended', todo: 'Put it right, then start again.' });
    expect(told(refused)[0]?.what).toContain('The run has failed: Preflight found');
  });
  const cancelled = new FakeWorld(input);
  await withMigration(await lab, { world: cancelled, input }, async (handle) => {
    await openGate(handle, 'big-switch');
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    await eventually(() => told(cancelled).some(({ event }) => event === 'run-ended'));
  });
});

test('a delivery says by its result who was told, also when its migration is over', async () => {
  const { env, worlds, taskQueue } = await lab;
  const input = planInput({ notify });
  const world = new FakeWorld(input);
  world.receive = async ({ notice }) => {
    if (notice.event === 'run-ended') throw lasting('the receiver answered 410');
  };
  await withMigration(await lab, { world, input }, async (handle) => {
    await approveAll(handle);
    await handle.result();
    await eventually(() => told(world).some(({ event }) => event === 'run-ended'));
    const { id } = told(world).find(({ event }) => event === 'run-ended') as Notice;
    const delivery = env.client.workflow.getHandle<typeof deliverNotice>(`${handle.workflowId}-notice-${id}`);
    await expect(delivery.result()).resolves.toEqual({
      told: [],
      notTold: [{ id, event: 'run-ended', receiver: 'chat', reason: 'the receiver answered 410' }],
    });
  });
  worlds.set('plan-silent', world);
  const before = world.notices.length;
  await env.client.workflow.execute<typeof planMigration>('planMigration', {
    taskQueue,
    workflowId: 'plan-silent',
    args: [input],
  });
  // A dry run tells nobody.
  expect(world.notices).toHaveLength(before);
});
