import type { ReportInput } from '../../src/contract/activities';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld, lasting } from './support/fake-world';
import { approveAll, openGate, devServer, until, withMigration, type Handle, startLab } from './support/lab';
import { rollbacksOf, soon } from './support/looks';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

async function migration(run: (handle: Handle, world: FakeWorld) => Promise<void>): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, (handle) => run(handle, world));
}

describe('while the mark of teardown is not on the hub', () => {
  const unmarked = (act: (handle: Handle, world: FakeWorld) => Promise<void>) =>
    migration(async (handle, world) => {
      world.answers.markTeardown = async () => {
        throw lasting('hub: cannot be reached');
      };
      await approveAll(handle);
      await until(handle, (status) => status.blocked !== undefined);
      await act(handle, world);
    });
  const passed = async (handle: Handle) =>
    (await handle.query<Audit>('audit')).flatMap(({ kind, gate }) => (kind === 'gate-passed' ? [gate] : []));

  test.concurrent(
    'a rollback is done, takes the mark off first, and the gate is not passed',
    () =>
      unmarked(async (handle, world) => {
        await handle.signal('rollback', { by: 'bob', reason: 'not today' });
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
        const after = world.said().slice(world.said().indexOf('markTeardown'));
        expect(after.slice(1, 4)).toEqual(['unmarkTeardown', 'restoreCluster', 'restoreCluster drain']);
        expect(await passed(handle)).toEqual(['big-switch', 'drain:old-1', 'drain:old-2']);
      }),
    180_000,
  );

  test.concurrent(
    'resume proves once more, and opens the gate anew when the evidence does not hold',
    () =>
      unmarked(async (handle, world) => {
        delete world.answers.markTeardown;
        world.facts = [{ name: 'no old node is in the cluster', ok: false, seen: 'old-2 is back' }];
        await handle.signal('resume', { by: 'bob' });
        const { gate } = await until(handle, (status) => status.gate !== undefined);
        expect(gate).toMatchObject({ gate: 'teardown', evidence: { holds: false } });
        expect(world.said(/^markTeardown/)).toHaveLength(1);
      }),
    180_000,
  );

  test.concurrent(
    'a rollback that comes while it is written takes it off',
    () =>
      migration(async (handle, world) => {
        world.answers.markTeardown = async () => {
          await handle.signal('rollback', { by: 'bob', reason: 'not today' });
          await soon();
        };
        await approveAll(handle);
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
        expect(world.said(/markTeardown|pointSeeds/i)).toEqual(['markTeardown', 'unmarkTeardown']);
      }),
    180_000,
  );
});

describe('once teardown has begun', () => {
  async function inTeardown(act: (handle: Handle) => Promise<void>): Promise<void> {
    await migration(async (handle, world) => {
      world.answers.pointSeedsAtNew = async () => {
        await act(handle);
        return [];
      };
      await approveAll(handle);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
      expect(world.said(/proveRolledBack|watchApps app-1$/)).toEqual([]);
      const [entry] = await rollbacksOf(handle);
      expect(entry).toMatchObject({ accepted: false, reason: expect.stringContaining('teardown has begun') });
    });
  }

  test.concurrent(
    'a rollback is refused, and the run goes on',
    () => inTeardown((handle) => handle.signal('rollback', { by: 'bob', reason: 'too late' })),
    180_000,
  );

  test.concurrent(
    'a cancellation changes nothing, and is kept in the audit',
    () =>
      inTeardown(async (handle) => {
        await handle.cancel();
        await until(handle, () => true);
      }),
    180_000,
  );
});

describe('after old nodes were stopped', () => {
  test.concurrent.each([
    ['one of them', ['big-switch', 'drain:old-1'], 'drain:old-2', ['old-1']],
    ['all of them', ['big-switch', 'drain:old-1', 'drain:old-2'], 'teardown', ['old-2', 'old-1']],
  ])(
    '%s: they come in again before an app goes back, and data before that',
    (_which, gates, open, stopped) =>
      migration(async (handle, world) => {
        await approveAll(handle, gates);
        await openGate(handle, open);
        const before = world.said().length;
        await handle.signal('rollback', { by: 'bob', reason: 'the new hosts are slow' });
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
        const lines = world.said().slice(before);
        const inOrder = [
          'restoreCluster',
          'restoreCluster drain',
          'moveQuorum new',
          `installRedirect ${stopped[0]}`,
          'undoHost new-1 drain',
          'proveRedirects',
          ...stopped.map((host) => `undoHost ${host} drain`),
          'proveRejoined',
          'replicate',
          'proveReplicated',
          'proveRoomAtHome',
          'proveOldNodesServe',
          'proveAppsCanReturn',
          'undoHost app-1 switch',
          'watchApps',
          'moveQuorum old',
          'excludeNodes',
          'drain new-1',
          'proveNewSideUnused new-1',
          'undoHost new-1 front',
          'undoHost new-1 drain join',
          'undoHost old-1 join',
          'proveGone',
          'undoHost old-1 redirect',
          'undoHost old-1 bridge',
          'undoHost hub',
          'forgetHost old-1',
          'proveRolledBack',
          'forgetHost hub',
        ];
        const found = inOrder.map((line) => lines.indexOf(line));
        expect(inOrder.filter((_, i) => (found[i] ?? -1) < 0)).toEqual([]);
        expect(found).toEqual([...found].sort((a, b) => a - b));
        const goals = world.calls.filter((call) => call.name === 'replicate').map((call) => call.input);
        expect(goals.at(-1)).toEqual({ goal: 'old' });
      }),
    180_000,
  );

  test.concurrent(
    'apps stay on the fronts while an old node does not come back; resume tries again',
    () =>
      migration(async (handle, world) => {
        world.answers.proveRejoined = async () => {
          throw lasting('old-1 does not see new-2', 'ProofFailed');
        };
        await approveAll(handle, ['big-switch', 'drain:old-1']);
        await openGate(handle, 'drain:old-2');
        await handle.signal('rollback', { by: 'bob', reason: 'slow' });
        const { blocked } = await until(handle, (status) => status.blocked !== undefined);
        expect(blocked).toBe('rollback, stopped old nodes run again: old-1 does not see new-2');
        expect(world.said(/undoHost app/)).toEqual([]);
        expect(world.said(/moveQuorum/)).toEqual(['moveQuorum new', 'moveQuorum new']);
        delete world.answers.proveRejoined;
        await handle.signal('resume', { by: 'bob' });
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
      }),
    180_000,
  );

  test.concurrent(
    'a rollback that comes while a node is being stopped starts it again',
    () =>
      migration(async (handle, world) => {
        world.answers.stopNode = async ({ host }) => {
          await handle.signal('rollback', { by: 'bob', reason: 'stop!' });
          await soon();
          world.stopped.push(host);
          return [];
        };
        await approveAll(handle, ['big-switch', 'drain:old-1']);
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
        expect(world.said(/setExpectedNodes/)).toEqual([]);
        expect(world.said(/installRedirect old-1|undoHost old-1 drain/).slice(1)).toEqual([
          'installRedirect old-1',
          'undoHost old-1 drain',
        ]);
      }),
    180_000,
  );

  test.concurrent(
    'the report tells every stage with its times, and the proof',
    () =>
      migration(async (handle, world) => {
        await approveAll(handle, ['big-switch', 'drain:old-1']);
        await openGate(handle, 'drain:old-2');
        await handle.signal('rollback', { by: 'bob', reason: 'slow' });
        await handle.result();
        const report = world.calls.find((call) => call.name === 'writeReport')?.input as ReportInput;
        expect(report.proof?.proven).toBe('all is as it was');
        expect(report.rollback).toMatchObject({ by: 'bob', reason: 'slow', from: 'drain' });
        expect(report.rollback?.stages.map((stage) => stage.what)).toEqual([
          'indices as they were before the plan',
          'old nodes take part again',
          'redirects for stopped old nodes are back',
          'stopped old nodes run again',
          'the old side has a copy of all data',
          'apps and quorum back to the old side',
          'files of the old nodes without the drains',
          'data back to the old side',
          'nobody is connected to the new side',
          'fronts removed',
          'new nodes stopped, files of the old ones as they were',
          'cluster settings as they were',
          'redirects and bridge removed',
          'nothing of ours left on any host, proved',
        ]);
        for (const { startedAt, endedAt } of report.rollback?.stages ?? [])
          expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
      }),
    180_000,
  );
});

test.concurrent(
  'a last proof that does not hold is not a rollback that is done',
  () =>
    migration(async (handle, world) => {
      world.answers.proveRolledBack = async () => {
        throw lasting('new-1: rule BIGSWITCH_OUT', 'ProofFailed');
      };
      await openGate(handle, 'big-switch');
      await handle.signal('rollback', { by: 'bob', reason: 'no' });
      const { blocked } = await until(handle, (status) => status.blocked !== undefined);
      expect(blocked).toContain('new-1: rule BIGSWITCH_OUT');
      // The hub's record is the last thing to go.
      expect(world.said(/forgetHost/)).not.toContain('forgetHost hub');
      delete world.answers.proveRolledBack;
      await handle.signal('resume', { by: 'bob' });
      await handle.result();
      expect(world.said(/forgetHost/).at(-1)).toBe('forgetHost hub');
    }),
  180_000,
);
