import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Audit } from '../../src/contract/messages';
import type { PlanInput } from '../../src/plan/schema';
import { FakeWorld, lasting } from './support/fake-world';
import { approve, approveAll, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { planInput } from './support/plan';
import { answered, asked, inNewestRun, resetTo, signalled, type Place } from './support/resets';

const lab = startLab(devServer());
/** After so many events this server asks for a new run: more than a run has until its first drain, however slow it is. */
const LONG = 150;
const longLab = startLab(devServer(['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${LONG}`]));
afterAll(async () => {
  await (await lab).close();
  await (await longLab).close();
});

const DRAINS = /^(excludeNode|drain(?!Order)|stopNode|setExpectedNodes|removeRedirectsFor)/;
const TWO: Partial<PlanInput> = { gates: { twoApprovers: ['drain'] } };

/** What a run has changed, but for the copies that a gate which waits for a person has made. */
function acts(world: FakeWorld, runId: string): string[] {
  return world.changes(runId).filter((change) => !change.startsWith('replicate'));
}

type Words = 'signal' | 'update';

async function say(handle: Handle, words: Words, gate: string, by: string, token: string): Promise<void> {
  const message = { gate, token, by };
  if (words === 'signal') await handle.signal('approve', message);
  else
    await (handle as { executeUpdate: (name: string, options: object) => Promise<unknown> }).executeUpdate('approve', {
      args: [message],
    });
}

/** A message that changes nothing and has a workflow task of its own: a place to reset to while a gate is open. */
async function remark(handle: Handle, by: string): Promise<void> {
  await handle.signal('approve', { gate: 'none', token: 'none', by });
  await heard(handle, by);
}

async function heard(handle: Handle, by: string): Promise<void> {
  const end = Date.now() + 60_000;
  for (;;) {
    const audit = await handle.query<Audit>('audit');
    if (audit.some((entry) => entry.by === by)) return;
    if (Date.now() > end) throw new Error(`nobody heard ${by}`);
    await setTimeout(100);
  }
}

/** In the run that the reset made the gate opens anew, with the reason; nothing was done; a fresh word is enough. */
async function expectAskedAnew(world: FakeWorld, again: Handle, runId: string, token: string): Promise<void> {
  const { gate } = await until(again, (status) => status.gate?.gate === 'drain:old-1' && status.gate.token !== token);
  expect(gate?.evidence.reopened).toMatch(/reset/);
  expect(gate?.approvals).toEqual([]);
  expect(world.said(DRAINS, runId)).toEqual([]);
}

const POINTS: [string, Place][] = [
  ['between the opening of the gate and the approval', signalled('"by":"zoe"')],
  ['when the approval came', signalled('"by":"ann"')],
  ['when the evidence was proved', answered('gatherEvidence')],
  ['when the drain had begun', (event) => Boolean(event.childWorkflowExecutionStartedEventAttributes)],
  ['when the node was empty', (event) => Boolean(event.childWorkflowExecutionCompletedEventAttributes)],
];

describe.each<Words>(['signal', 'update'])(
  'a word that was given by %s before a reset does not count after it',
  (words) => {
    const points = words === 'signal' ? POINTS : POINTS.filter(([name]) => /^(between|when the evidence)/.test(name));
    test.each(points)(
      'to the task %s',
      async (_name, place) => {
        const input = planInput();
        const world = new FakeWorld(input);
        await withMigration(await lab, { world, input }, async (handle, client) => {
          await approve(handle, 'big-switch', 'eva');
          const token = await openGate(handle, 'drain:old-1');
          await remark(handle, 'zoe');
          // Nothing of what it is about was done when it is reset.
          world.answers.stopNode = async () => {
            throw lasting('ssh: no route');
          };
          await say(handle, words, 'drain:old-1', 'ann', token);
          await until(handle, (status) => status.blocked !== undefined);
          const { again, runId } = await resetTo(client, handle, place);
          await expectAskedAnew(world, again, runId, token);
          delete world.answers.stopNode;
          await approve(again, 'drain:old-1', 'ann');
          await openGate(again, 'drain:old-2');
          expect(world.said(/^stopNode/, runId)).toEqual(['stopNode old-1']);
        });
      },
      180_000,
    );
  },
);

test.each<Words>(['signal', 'update'])(
  'of two approvers by %s none counts whose word was given before the reset',
  async (words) => {
    const input = planInput(TWO);
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle, client) => {
      await approve(handle, 'big-switch', 'eva');
      const token = await openGate(handle, 'drain:old-1');
      await remark(handle, 'zoe');
      await say(handle, words, 'drain:old-1', 'ann', token);
      await until(handle, (status) => status.gate?.approvals.length === 1);
      const { again, runId } = await resetTo(client, handle, signalled('"by":"zoe"'));
      // Of the first run's token: the second approval comes after the reset.
      await until(again, (status) => status.gate?.approvals.length === 1);
      await say(again, words, 'drain:old-1', 'bob', token);
      await expectAskedAnew(world, again, runId, token);
      for (const by of ['bob', 'ann']) await approve(again, 'drain:old-1', by);
      await openGate(again, 'drain:old-2');
    });
  },
  180_000,
);

test('in the middle of the switch the quorum does not follow before a word was given in the new run', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle, client) => {
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    const { again, runId } = await resetTo(client, handle, answered('watchApps'));
    const { gate } = await until(again, (status) => status.gate?.gate === 'big-switch');
    expect(gate?.evidence.reopened).toMatch(/reset/);
    expect(acts(world, runId)).toEqual([]);
    await approve(again, 'big-switch');
    await openGate(again, 'drain:old-1');
    expect(acts(world, runId)).toEqual(['moveQuorum new']);
  });
}, 180_000);

test('in the middle of teardown it waits for a word that was given in the new run', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle, client) => {
    await approveAll(handle);
    await handle.result();
    const { again, runId } = await resetTo(client, handle, answered('markTeardown'));
    const { gate } = await until(again, (status) => status.gate?.gate === 'teardown');
    expect(gate?.evidence.reopened).toMatch(/reset/);
    expect(acts(world, runId)).toEqual([]);
    await approve(again, 'teardown');
    await expect(again.result()).resolves.toMatchObject({ outcome: 'migrated' });
  });
}, 180_000);

describe('when the run had gone on in a new one', () => {
  /** Fills the history until the run goes on in a new one at its next safe place. */
  async function fill(handle: Handle): Promise<void> {
    for (let i = 0; i < LONG; i += 1) await handle.signal('approve', 'junk');
  }

  async function runOf(client: Client, handle: Handle): Promise<string> {
    return (await client.workflow.getHandle(handle.workflowId).describe()).runId;
  }

  async function untilNewRun(client: Client, handle: Handle, before: string): Promise<void> {
    while ((await runOf(client, handle)) === before) await setTimeout(100);
  }

  test.each<[string, boolean]>([
    ['a word that was given there counts there', false],
    ['a reset of the new one asks for a new word', true],
  ])(
    'with its gate open: %s',
    async (_name, reset) => {
      const input = planInput();
      const world = new FakeWorld(input);
      await withMigration(await longLab, { world, input }, async (first, client) => {
        const handle = inNewestRun(client, first);
        await approve(handle, 'big-switch', 'eva');
        const old = await openGate(handle, 'drain:old-1');
        const before = await runOf(client, handle);
        await fill(handle);
        await handle.signal('reject', { gate: 'drain:old-1', token: old, by: 'bob', reason: 'lunch' });
        await until(handle, (status) => status.paused);
        await handle.signal('resume', { by: 'bob' });
        await untilNewRun(client, handle, before);
        const { gate } = await until(handle, (s) => s.gate?.gate === 'drain:old-1' && s.gate.token !== old);
        const token = gate?.token ?? '';
        await say(handle, 'signal', 'drain:old-1', 'ann', token);
        await openGate(handle, 'drain:old-2');
        const passed = (await handle.query<Audit>('audit')).filter((entry) => entry.kind === 'gate-passed');
        expect(passed.map((entry) => entry.gate)).toEqual(['big-switch', 'drain:old-1']);
        if (!reset) return;
        const { again, runId, of } = await resetTo(client, handle, signalled('"by":"ann"'));
        expect(of).not.toBe(before);
        await expectAskedAnew(world, again, runId, token);
      });
    },
    180_000,
  );

  test.each<[string, boolean]>([
    ['the word counts there', false],
    ['a reset of the new one asks for a new word', true],
  ])(
    'blocked after its gate was passed: %s',
    async (_name, reset) => {
      const input = planInput();
      const world = new FakeWorld(input);
      world.answers.moveQuorum = async () => {
        throw lasting('the hub is busy');
      };
      await withMigration(await longLab, { world, input }, async (first, client) => {
        const handle = inNewestRun(client, first);
        await approve(handle, 'big-switch', 'eva');
        await until(handle, (status) => status.blocked !== undefined);
        const before = await runOf(client, handle);
        await fill(handle);
        await untilNewRun(client, handle, before);
        await remark(handle, 'zoe');
        delete world.answers.moveQuorum;
        await handle.signal('resume', { by: 'ann' });
        await openGate(handle, 'drain:old-1');
        if (!reset) return;
        const { again, runId, of } = await resetTo(client, handle, signalled('"by":"ann"'));
        expect(of).not.toBe(before);
        const { gate } = await until(again, (status) => status.gate?.gate === 'big-switch');
        expect(gate?.evidence.reopened).toMatch(/reset/);
        expect(acts(world, runId)).toEqual([]);
      });
    },
    180_000,
  );
});

test('places of a history are found', () => {
  const events = [{ activityTaskScheduledEventAttributes: { activityType: { name: 'drain' } } }];
  expect(events.filter((event) => asked('drain')(event, events))).toHaveLength(1);
});
