import type { Audit, Status } from '../../src/contract/messages';
import { TELLING_STEPS } from '../../src/contract/ledger';
import { stagesOf } from '../../src/workflows/rollback/stages';
import { atRest } from './support/at-rest';
import { FakeWorld, lasting } from './support/fake-world';
import { approve, approveAll, devServer, openGate, startLab, until, withMigration, type Handle } from './support/lab';
import { currentDetails } from './support/looks';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const audit = (handle: Handle) => handle.query<Audit>('audit');
const status = (handle: Handle) => handle.query<Status>('status');

/** A migration whose fronts can't be proved until the test takes the answer away. */
async function blockedInFront(test: (handle: Handle, world: FakeWorld) => Promise<void>): Promise<void> {
  const world = new FakeWorld(planInput());
  world.answers.proveFronts = async () => {
    throw lasting('no route');
  };
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    await until(handle, (seen) => seen.blocked !== undefined);
    await test(handle, world);
  });
}

test('a block hides no pause, and its resume does not end the pause of somebody else', async () => {
  await blockedInFront(async (handle, world) => {
    await handle.signal('pause', { by: 'ann', reason: 'backup until 6' });
    await until(handle, (seen) => seen.paused);
    expect(await status(handle)).toMatchObject({ heldBy: [{ by: 'ann', reason: 'backup until 6' }] });
    const shown = await currentDetails(handle);
    expect(shown).toContain('**Paused** by ann: backup until 6');
    expect(shown).toContain('**Blocked:** front: no route');
    delete world.answers.proveFronts;
    await handle.signal('resume', { by: 'bob' });
    const after = await until(handle, (seen) => seen.blocked === undefined);
    expect(after.heldBy).toMatchObject([{ by: 'ann' }]);
    const said = (await audit(handle)).filter(({ kind }) => kind === 'resume');
    expect(said).toMatchObject([{ by: 'bob', accepted: true }]);
    expect(said[0]?.reason).toMatch(/pause of ann \(backup until 6\)/);
    await handle.signal('resume', { by: 'ann' });
    await until(handle, (seen) => !seen.paused);
    await openGate(handle, 'big-switch');
  });
});

test('the audit has when and why it was blocked, and when it tried again', async () => {
  await blockedInFront(async (handle, world) => {
    delete world.answers.proveFronts;
    await handle.signal('resume', { by: 'bob' });
    await openGate(handle, 'big-switch');
    const kinds = ['blocked', 'resume', 'tries-again'];
    const told = (await audit(handle)).filter(({ kind }) => kinds.includes(kind));
    expect(told.map(({ kind }) => kind)).toEqual(kinds);
    expect(told[0]?.reason).toBe('front: no route');
  });
});

test('a throttle that failed is not in force: the same wish counts again, and each answer says when', async () => {
  const world = new FakeWorld(planInput());
  let early: Promise<void> | undefined;
  world.answers.setThrottle = async () => {
    throw lasting('the hub is busy');
  };
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    world.answers.installBridgeHub = async () => {
      early ??= handle.signal('throttle', { maxMBps: 5, by: 'ann' });
      await early;
      return [];
    };
    const throttles = async () => (await audit(handle)).filter(({ kind }) => kind === 'throttle');
    await openGate(handle, 'big-switch');
    while ((await throttles()).length < 2) await new Promise((resolve) => setTimeout(resolve, 100));
    await handle.signal('throttle', { maxMBps: 5, by: 'ann' });
    while ((await throttles()).length < 4) await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await throttles()).map(({ accepted, reason }) => [accepted, reason])).toEqual([
      [true, 'applied when shards begin to move'],
      [false, 'the hub is busy'],
      [true, 'applied now'],
      [false, 'the hub is busy'],
    ]);
    world.answers.pointSeedsAtNew = async () => [];
    world.answers.proveTornDown = async () => {
      throw lasting('a rule is left');
    };
    await approveAll(handle);
    await until(handle, (seen) => seen.blocked !== undefined);
    await handle.signal('throttle', { maxMBps: 5, by: 'ann' });
    expect((await throttles()).at(-1)).toMatchObject({
      accepted: false,
      reason: expect.stringMatching(/nothing moves any more/),
    });
    // What would be refused is offered nowhere.
    expect((await status(handle)).possible).toEqual(['pause', 'resume', 'giveUp']);
    expect(await currentDetails(handle)).not.toContain('--name rollback');
  });
}, 180_000);

test('a run that waits for its report has not ended, and offers nothing that it refuses', async () => {
  const world = new FakeWorld(planInput());
  world.answers.writeReport = async () => {
    throw lasting('the disk is full');
  };
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    await approveAll(handle);
    const seen = await until(handle, (now) => now.blocked !== undefined);
    expect(seen).toMatchObject({ outcome: 'running', possible: ['resume'] });
    expect(await currentDetails(handle)).not.toContain('--name rollback');
  });
});

test('the status tells of a rollback: who, why, and how far it is', async () => {
  const world = new FakeWorld(planInput());
  world.answers.proveFronts = async () => {
    throw lasting('no route');
  };
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    await until(handle, (seen) => seen.blocked !== undefined);
    const stages = stagesOf(false);
    world.answers.restoreCluster = async ({ planned }) => {
      if (planned) return { host: 'hub', undone: [] };
      throw lasting('403');
    };
    await handle.signal('rollback', { by: 'bob', reason: 'slow' });
    const { rollback } = await until(handle, (seen) => seen.rollback !== undefined && seen.blocked !== undefined);
    expect(rollback).toMatchObject({ by: 'bob', reason: 'slow', stage: 'cluster settings as they were' });
    const at = stages.indexOf('cluster settings as they were');
    expect(rollback?.stagesDone).toEqual(stages.slice(0, at));
    expect(rollback?.stagesLeft).toEqual(stages.slice(at + 1));
    delete world.answers.restoreCluster;
    await handle.signal('resume', { by: 'bob' });
    await handle.result();
    expect((await status(handle)).rollback).toMatchObject({ stagesDone: stages, stagesLeft: [] });
  });
});

test('what a drain changed is in the report, also when it did not end well', async () => {
  const world = new FakeWorld(planInput());
  world.answers.setExpectedNodes = async () => {
    throw lasting('ssh: no route');
  };
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
    await until(handle, (seen) => seen.blocked !== undefined);
    await handle.signal('rollback', { by: 'bob', reason: 'slow' });
    await handle.result();
    const written = world.calls.findLast(({ name }) => name === 'writeReport')?.input as {
      ledger: { step: string; host: string }[];
    };
    const drained = written.ledger.filter(({ host }) => host === 'old-1').map(({ step }) => step);
    expect(drained).toEqual(expect.arrayContaining(['exclude', TELLING_STEPS.NODE_STOPPED]));
  });
}, 180_000);

test('a run that was paused before the stop of a node is turned round by a cancellation at once', async () => {
  const world = new FakeWorld(planInput());
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    world.answers.drain = async () => {
      await handle.signal('pause', { by: 'ann' });
      return { ...(await world.standard().drain({ host: 'old-1' })), done: true };
    };
    for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
    await until(handle, (seen) => seen.paused);
    await atRest(handle, world);
    delete world.answers.drain;
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(world.said(/^stopNode/)).toEqual([]);
  });
});
