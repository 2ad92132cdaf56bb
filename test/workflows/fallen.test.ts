import { FakeWorld } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration } from './support/lab';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const counted = (documents: number) => [
  { name: 'documents by index', ok: true, seen: `${documents} in all`, figures: { documents } },
];

test.concurrent('an approval does not stand for much less than its person saw', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  world.facts = counted(1_000_000);
  await withMigration(await lab, { world, input }, async (handle) => {
    const token = await openGate(handle, 'big-switch');
    world.facts = counted(3);
    await approve(handle, 'big-switch');
    const { gate } = await until(handle, (seen) => seen.gate !== undefined && seen.gate.token !== token);
    expect(gate?.evidence.reopened).toBe('approved, but there is less than was seen: documents: 1000000, now 3');
    expect(world.said(/^switchApp/)).toEqual([]);
    // What an app deletes meanwhile is no reason.
    world.facts = counted(2);
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
  });
});
