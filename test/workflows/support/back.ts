import { FakeWorld } from './fake-world';
import { approve, openGate, withMigration, type Handle, type Lab } from './lab';
import { planInput } from './plan';

/** What a test does with a run that goes back; `since` is what the world was asked for since. */
type Look = (handle: Handle, world: FakeWorld, since: () => string[]) => Promise<void>;

/** What the world is made to be: from the beginning, and when the gate is open. */
interface Changes {
  begin?: (world: FakeWorld) => void;
  change?: (world: FakeWorld) => void;
}

/** Goes back from this gate, after those `before` it were approved, and looks. */
export async function backFrom(
  lab: Promise<Lab>,
  [before, gate]: [before: string[], gate: string],
  look: Look,
  { begin, change }: Changes = {},
): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  begin?.(world);
  await withMigration(await lab, { world, input }, async (handle) => {
    for (const one of before) await approve(handle, one);
    await openGate(handle, gate);
    change?.(world);
    const count = world.said().length;
    await handle.signal('rollback', { by: 'bob', reason: 'no' });
    await look(handle, world, () => world.said().slice(count));
  });
}
