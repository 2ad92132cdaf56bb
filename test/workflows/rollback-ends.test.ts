import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/client';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld } from './support/fake-world';
import { approveAll, openGate, devServer, until, withMigration, type Handle, startLab } from './support/lab';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

describe('after the first old node was stopped', () => {
  async function stoppedOne(run: (handle: Handle) => Promise<void>) {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle) => {
      await approveAll(handle, ['big-switch', 'drain:old-1']);
      await openGate(handle, 'drain:old-2');
      await run(handle);
      const audit = await handle.query<Audit>('audit');
      const refused = audit.filter((entry) => entry.kind === 'rollback');
      expect(refused).toMatchObject([
        { accepted: false, reason: expect.stringContaining('first old node was stopped') },
      ]);
      await approveAll(handle, ['drain:old-2', 'teardown']);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'migrated' });
    });
  }

  test.concurrent(
    'a rollback is refused, and the run goes on',
    async () => {
      await stoppedOne((handle) => handle.signal('rollback', { by: 'bob', reason: 'too late' }));
    },
    60_000,
  );

  test.concurrent(
    'a cancellation is refused too, and the run goes on',
    async () => {
      await stoppedOne(async (handle) => {
        await handle.cancel();
        await until(handle, () => true);
      });
    },
    60_000,
  );
});

test.concurrent(
  'a rollback that comes while a node is being stopped is refused',
  async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle) => {
      world.answers.stopNode = async ({ host }) => {
        await handle.signal('rollback', { by: 'bob', reason: 'stop!' });
        world.stopped.push(host);
        return [];
      };
      await approveAll(handle, ['big-switch', 'drain:old-1']);
      await openGate(handle, 'drain:old-2');
      const audit = await handle.query<Audit>('audit');
      expect(audit.filter((entry) => entry.kind === 'rollback')).toMatchObject([{ accepted: false }]);
    });
  },
  60_000,
);

test.concurrent(
  'a cancellation is a rollback; the run ends as cancelled when all is undone',
  async () => {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle) => {
      await openGate(handle, 'big-switch');
      await handle.cancel();
      const error: unknown = await handle.result().catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      expect(world.said(/^(excludeNode|restoreCluster|undoHost hub$|writeReport)/)).toHaveLength(6);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
  },
  60_000,
);
