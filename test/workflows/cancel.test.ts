import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/client';
import { FakeWorld } from './support/fake-world';
import { approveAll, openGate, until, devServer, withMigration, type Handle, startLab } from './support/lab';
import { currentDetails, rollbacksOf, soon } from './support/looks';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

async function migration(run: (handle: Handle, world: FakeWorld) => Promise<void>): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, (handle) => run(handle, world));
}

describe('a cancellation', () => {
  test.concurrent(
    'is a rollback; the run ends as cancelled when all is undone',
    () =>
      migration(async (handle, world) => {
        await openGate(handle, 'big-switch');
        await handle.cancel();
        const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
        expect(world.said(/^(excludeNode|restoreCluster|undoHost hub$|proveRolledBack|writeReport)/)).toHaveLength(7);
        expect((await handle.describe()).status.name).toBe('CANCELLED');
      }),
    180_000,
  );

  test.concurrent(
    'between two drains is a rollback too, and starts what was stopped',
    () =>
      migration(async (handle, world) => {
        await approveAll(handle, ['big-switch', 'drain:old-1']);
        await openGate(handle, 'drain:old-2');
        await handle.cancel();
        const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
        expect(world.said(/proveRejoined/)).toHaveLength(1);
      }),
    180_000,
  );

  /** Cancels while old-1 is being stopped, and answers what the run then asks. */
  async function whileStopping(answer: (handle: Handle, world: FakeWorld) => Promise<void>): Promise<void> {
    await migration(async (handle, world) => {
      let held: () => void = () => undefined;
      const holds = new Promise<void>((resolve) => (held = resolve));
      world.answers.stopNode = async ({ host }) => {
        if (host === 'old-1') {
          await handle.cancel();
          await until(handle, (status) => status.paused);
          held();
          await soon();
        }
        world.stopped.push(host);
        return [];
      };
      await approveAll(handle, ['big-switch', 'drain:old-1']);
      const { asks } = await until(handle, (status) => status.asks !== undefined);
      // Answered sooner, the world would wait in vain to see it held.
      await holds;
      expect(asks).toContain('was cancelled while old-1 is being stopped');
      const shown = await currentDetails(handle);
      expect(shown).toContain('--name rollback');
      expect(shown).toContain('--name resume');
      expect(await rollbacksOf(handle)).toMatchObject([{ accepted: false, by: 'cancellation', reason: asks }]);
      // Held: what is under way ends, and nothing else begins.
      await soon();
      expect(world.said(/setExpectedNodes|proveDrained/)).toEqual([]);
      await answer(handle, world);
    });
  }

  test.concurrent(
    'while a node is being stopped asks once more; rollback goes back',
    () =>
      whileStopping(async (handle, world) => {
        await handle.signal('rollback', { by: 'bob', reason: 'I meant it' });
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back', reason: 'I meant it' });
        expect(world.said(/undoHost old-1 drain/)).toHaveLength(1);
        expect(world.said(/proveRejoined/)).toHaveLength(1);
      }),
    180_000,
  );

  test.concurrent(
    'while a node is being stopped asks once more; resume goes on',
    () =>
      whileStopping(async (handle, world) => {
        await handle.signal('resume', { by: 'bob' });
        await approveAll(handle, ['drain:old-2', 'teardown']);
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
        expect(world.said(/proveRejoined/)).toEqual([]);
      }),
    180_000,
  );

  test.concurrent(
    'during a rollback changes nothing, and is kept in the audit',
    () =>
      migration(async (handle, world) => {
        world.answers.proveRolledBack = async () => {
          await handle.cancel();
          await until(handle, () => true);
          return { proven: 'all is as it was', facts: {} };
        };
        await openGate(handle, 'big-switch');
        await handle.signal('rollback', { by: 'bob', reason: 'no' });
        await expect(handle.result()).resolves.toMatchObject({ outcome: 'rolled-back' });
        expect((await rollbacksOf(handle)).map((entry) => entry.reason)).toEqual([
          undefined,
          'it is being rolled back already',
        ]);
      }),
    180_000,
  );
});
