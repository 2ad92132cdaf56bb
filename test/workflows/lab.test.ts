import { FakeWorld } from './support/fake-world';
import { namesTheGate } from './support/ended';
import { approve, devServer, startLab, until, withMigration } from './support/lab';
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

test('waiting for the end of a run that waits for a word fails with the name of its gate', async () => {
  const lab = await startLab(devServer());
  const input = planInput();
  try {
    await withMigration(lab, { world: new FakeWorld(input), input }, async (handle) => {
      await approve(handle, 'big-switch');
      const noMoreLooks = namesTheGate(handle, 1_000);
      await expect(handle.result()).rejects.toThrow(
        'waited in vain for the end: the gate drain:old-1 is open, and nobody approves it',
      );
      await noMoreLooks();
    });
  } finally {
    await lab.close();
  }
});
