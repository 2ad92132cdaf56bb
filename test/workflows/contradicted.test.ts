import type { Sample } from '../../src/contract/progress';
import { NOTHING_KNOWN } from '../../src/contract/progress';
import { FakeWorld } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration } from './support/lab';
import { planInput } from './support/plan';

// A server whose time does not fly: by the clock alone, evidence that holds would be taken again after ten minutes.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const sample = (health: Sample['health']): Sample => ({ ...NOTHING_KNOWN, t: Date.now(), health });

test.concurrent('evidence that samples contradict is taken again at once, and what holds no more is told', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    let fell: (samples: Sample[]) => void = () => undefined;
    world.answers.observe = () => new Promise((resolve) => (fell = resolve));
    await approve(handle, 'big-switch');
    const token = await openGate(handle, 'drain:old-1');
    const [taken, asked] = [world.said(/^gatherEvidence/).length, fell];
    world.facts = [{ name: 'green', ok: false, seen: '9 copies are missing' }];
    // One look that knows nothing, or one below green, is no reason.
    asked([sample('green'), sample('unknown'), sample('yellow')]);
    await until(handle, () => fell !== asked);
    expect(world.said(/^gatherEvidence/)).toHaveLength(taken);
    fell([sample('yellow')]);
    const { gate } = await until(handle, (seen) => seen.gate?.evidence.holds === false);
    expect(gate?.token).not.toBe(token);
    expect(gate?.evidence.reopened).toBe('not any more: green (9 copies are missing)');
  });
});
