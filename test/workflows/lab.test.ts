import { FakeWorld } from './support/fake-world';
import { devServer, startLab, until, withMigration } from './support/lab';
import { planInput } from './support/plan';

test('a lab comes to its end although an activity never does', async () => {
  const lab = await startLab(devServer());
  const input = planInput();
  const world = new FakeWorld(input, { proveBridge: () => new Promise(() => undefined) });
  await withMigration(lab, { world, input }, async (handle) => {
    await until(handle, () => world.said(/proveBridge/).length > 0);
  });
  await lab.close();
  await expect(lab.env.connection.workflowService.getSystemInfo({})).rejects.toThrow();
});
