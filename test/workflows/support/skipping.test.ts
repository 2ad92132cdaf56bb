import { FakeWorld } from './fake-world';
import { openGate, withMigration } from './lab';
import { planInput } from './plan';
import { startSkippingLab } from './skipping';

test('a migration whose server no longer skips time gets another server', async () => {
  const lab = await startSkippingLab();
  try {
    const stopped = lab.env;
    const input = planInput();
    await withMigration(lab, { world: new FakeWorld(input), input }, async () => {
      expect(lab.env).toBe(stopped);
    });
    await stopped.connection.testService?.lockTimeSkipping({});
    await withMigration(lab, { world: new FakeWorld(input), input }, async (handle) => {
      expect(lab.env).not.toBe(stopped);
      await openGate(handle, 'big-switch');
      await lab.env.sleep('1 hour');
    });
  } finally {
    await lab.close();
  }
}, 120_000);
