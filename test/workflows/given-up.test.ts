import type { Audit, Status } from '../../src/contract/messages';
import type { ReportInput } from '../../src/contract/activities';
import type { Plan } from '../../src/plan/schema';
import { FakeWorld, lasting } from './support/fake-world';
import { approve, approveAll, openGate, until, withMigration, type Handle, type Lab } from './support/lab';
import { planInput } from './support/plan';
import { startSkippingLab } from './support/skipping';

let lab: Lab;

beforeAll(async () => {
  lab = await startSkippingLab();
}, 180_000);
afterAll(() => lab?.close(), 60_000);

const giveUp = (handle: Handle, host: string) =>
  handle.executeUpdate('giveUp', { args: [{ host, by: 'ann', reason: 'dead disk' }] });
const refusal = (handle: Handle, host: string) =>
  giveUp(handle, host).then(
    () => 'accepted',
    (error: Error) => (error.cause as Error).message,
  );
const words = async (handle: Handle) =>
  (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'giveUp').map(({ accepted }) => accepted);

/** A world in which these hosts can't be reached; a test may add to them. The order of drains is that of the run's own plan. */
function worldWithout(...dead: string[]): FakeWorld & { dead: string[] } {
  const world = new FakeWorld(planInput());
  const standard = world.standard();
  const onHost = ['undoHost', 'forgetHost', 'releaseHost', 'setExpectedNodes', 'stopNode'] as const;
  for (const name of onHost) {
    world.answers[name] = async (given: { host: string }) => {
      if (dead.includes(given.host)) throw lasting(`${given.host}: no route to host`, 'HostUnreachable');
      return standard[name](given as never) as never;
    };
  }
  const lost = (host: string) => world.said(/proveLost/).includes(`proveLost ${host}`);
  world.answers.drainOrder = async () => (await standard.drainOrder()).filter((host) => !lost(host));
  return Object.assign(world, { dead });
}

test('a host that was handed back after its drain does not hold up the end', async () => {
  const world = worldWithout();
  let report: ReportInput | undefined;
  world.answers.writeReport = async (input) => {
    report = input;
    return { html: 'out/report.html', json: 'out/report.json' };
  };
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    await approveAll(handle, ['big-switch', 'drain:old-1', 'drain:old-2']);
    await openGate(handle, 'teardown');
    world.dead.push('old-1');
    await approve(handle, 'teardown');
    const blocked = await until(handle, (status) => status.blocked !== undefined);
    expect(blocked.blocked).toContain('teardown: old-1: old-1: no route to host');
    expect(blocked.possible).toContain('giveUp');
    const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('"host":"old-1"');
    await giveUp(handle, 'old-1');
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    expect(world.said(/old-1/).slice(world.said(/old-1/).indexOf('proveLost old-1') + 1)).toEqual([]);
    expect(world.said(/forgetHost/)).not.toContain('forgetHost old-1');
    expect(world.said(/setExpectedNodes new/).length).toBeGreaterThan(0);
    expect(world.calls.find(({ name }) => name === 'proveTornDown')?.input).toEqual({ lost: ['old-1'] });
    expect(report?.givenUp).toMatchObject([{ host: 'old-1', role: 'old', by: 'ann', reason: 'dead disk' }]);
    const { left } = (report?.givenUp ?? [])[0] ?? { left: [] };
    expect(left.map(({ step }) => step)).toContain('bridge-client');
    const plan = await handle.query<Plan>('plan');
    expect(plan.hosts.old.map(({ name }) => name)).toEqual(['old-2']);
    expect(plan.bridge.addresses).toMatchObject({ 'old-2': '198.19.0.11' });
    expect(await words(handle)).toEqual([true]);
  });
}, 240_000);

test('a gate for the drain of a host that is given up goes away, and the run goes on with the next', async () => {
  const world = worldWithout('old-1');
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    await approve(handle, 'big-switch');
    const token = await openGate(handle, 'drain:old-1');
    await giveUp(handle, 'old-1');
    await approve(handle, 'drain:old-2');
    await handle.signal('approve', { gate: 'drain:old-1', token, by: 'ann' });
    await approve(handle, 'teardown');
    await handle.result();
    expect(world.said(/^(excludeNode|stopNode|undoHost|forgetHost) old-1/)).toEqual([]);
    const { drained } = await handle.query<Status>('status');
    expect(drained).toEqual(['old-2']);
  });
}, 240_000);

test('a host that dies while it is stopped is given up, and its drain is none any more', async () => {
  const world = worldWithout('old-1');
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    await approveAll(handle, ['big-switch', 'drain:old-1']);
    await until(handle, ({ blocked }) => blocked?.includes('drain: old-1: no route') === true);
    await giveUp(handle, 'old-1');
    await approveAll(handle, ['drain:old-2', 'teardown']);
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
  });
}, 240_000);

test('what is tried again for a host ends when it is given up, and nothing blocks', async () => {
  const world = worldWithout();
  const standard = world.standard();
  let asked = 0;
  world.answers.undoHost = async (given) => {
    if (given.host !== 'old-1' || world.said(/drain:old-2/).length === 0) return standard.undoHost(given);
    asked += 1;
    if (!world.said().includes('proveLost old-1')) throw new Error('no route to host');
    throw lasting('the plan has no host named "old-1"', 'NoSuchHost');
  };
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    await approveAll(handle);
    for (let tries = 0; tries < 600 && asked === 0; tries++) await new Promise((soon) => setTimeout(soon, 100));
    await giveUp(handle, 'old-1');
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    const audit = await handle.query<Audit>('audit');
    expect(audit.filter(({ kind }) => kind === 'blocked')).toEqual([]);
  });
}, 240_000);

test('a rollback goes home without a host that is gone', async () => {
  const world = worldWithout('new-2');
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    await handle.signal('rollback', { by: 'ann', reason: 'slow' });
    await until(handle, ({ blocked }) => blocked?.includes('new-2: no route') === true);
    await giveUp(handle, 'new-2');
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
    expect(world.calls.filter(({ name }) => name === 'proveRolledBack').at(-1)?.input).toMatchObject({
      lost: ['new-2'],
    });
    expect(world.said(/forgetHost/)).not.toContain('forgetHost new-2');
  });
}, 240_000);

test('a clean-up asks a host no more that is given up', async () => {
  const world = worldWithout('old-2');
  const standard = world.standard();
  world.answers.surveyHosts = async () => {
    if (!world.said().includes('proveLost old-2')) throw lasting('old-2: no route to host', 'HostUnreachable');
    return standard.surveyHosts();
  };
  await withMigration(lab, { world, input: planInput(), type: 'cleanUp' }, async (handle) => {
    await until(handle, ({ blocked }) => blocked?.includes('old-2: no route') === true);
    await giveUp(handle, 'old-2');
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'nothing-left' });
  });
}, 240_000);

test('an app that is gone is asked for nothing, and the cluster is not looked at for it', async () => {
  const world = worldWithout('app-3');
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    await giveUp(handle, 'app-3');
    // It was shown for three apps.
    const { gate } = await until(handle, (status) => status.gate !== undefined && status.gate.token !== token);
    expect(gate?.evidence.reopened).toContain('a host was given up since');
    await approveAll(handle);
    await handle.result();
    expect(world.said(/proveLost|app-3/).filter((line) => !line.startsWith('preflightHost'))).toEqual([
      'claimHost app-3',
    ]);
  });
}, 240_000);

test('what may not be given up is refused, with the reason, and kept in the audit', async () => {
  const world = worldWithout();
  let seen: Error | undefined = lasting('old-1 is in the cluster');
  world.answers.proveLost = async () => {
    if (seen) throw seen;
    return { proven: 'gone', facts: {} };
  };
  await withMigration(lab, { world, input: planInput() }, async (handle) => {
    await openGate(handle, 'big-switch');
    expect(await refusal(handle, 'hub')).toContain('hub is the hub');
    expect(await refusal(handle, 'old-9')).toContain('no host named "old-9"');
    expect(await refusal(handle, 'old-1')).toBe('old-1 is in the cluster');
    seen = undefined;
    await handle.signal('giveUp', { host: 'old-1', by: 'ann', reason: 'dead' });
    await until(handle, () => world.said(/proveLost/).length === 2);
    while ((await words(handle)).length < 4) await until(handle, () => true);
    expect(await refusal(handle, 'old-1')).toBe('old-1 is given up already, by ann');
    expect(await refusal(handle, 'old-2')).toContain('old-2 is the last old host');
    await handle.signal('giveUp', { host: 'old-2' });
    expect(await words(handle)).toEqual([false, false, false, true, false, false, false]);
  });
}, 240_000);
