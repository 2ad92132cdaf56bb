import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/contract/activities';
import { FakeWorld } from './support/fake-world';
import {
  approve,
  approveAll,
  openGate,
  startLab,
  timeSkippingServer,
  until,
  withMigration,
  type Handle,
} from './support/lab';
import { planInput } from './support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(timeSkippingServer());
afterAll(async () => (await lab).close());

type Boundary = 'at its start' | 'after it was done and before anybody heard of it';

/** A world in which every activity loses its worker once, at this boundary; by default none does. */
class LosingWorld extends FakeWorld {
  constructor(
    input: ReturnType<typeof planInput>,
    private readonly boundary?: Boundary,
  ) {
    super(input);
  }

  override async answer(name: keyof Activities, input: unknown): Promise<unknown> {
    // The watch is ended when its phase is, whatever becomes of it.
    const lost = name !== 'observe' && activityInfo().attempt === 1 ? this.boundary : undefined;
    if (lost === 'at its start') throw died();
    const result = await super.answer(name, input);
    if (lost) throw died();
    return result;
  }
}

function died(): ApplicationFailure {
  return ApplicationFailure.create({ message: 'the worker died', nextRetryDelay: '10ms' });
}

const JOURNEYS: Record<string, { outcome: string; go: (handle: Handle) => Promise<void> }> = {
  'a migration': { outcome: 'migrated', go: (handle) => approveAll(handle) },
  'a rollback after the first drain': {
    outcome: 'rolled-back',
    go: async (handle) => {
      for (const gate of ['big-switch', 'drain:old-1']) await approve(handle, gate);
      await openGate(handle, 'drain:old-2');
      await handle.signal('rollback', { by: 'ann', reason: 'not today' });
    },
  },
};

/** What was done in a whole journey, each line as often as it was done, sorted. */
async function done(journey: string, boundary?: Boundary): Promise<string[]> {
  const { outcome, go } = JOURNEYS[journey]!;
  const input = planInput();
  const world = new LosingWorld(input, boundary);
  await withMigration(await lab, { world, input }, async (handle) => {
    await go(handle);
    // Not by its result: who waits for that lets the server skip time, for the other tests too.
    await until(handle, (status) => status.outcome === outcome);
  });
  return world.said().sort();
}

describe.each(Object.keys(JOURNEYS))('%s whose every activity loses its worker', (journey) => {
  test.concurrent('at its start does the same things, each once', async () => {
    const [undisturbed, lost] = await Promise.all([done(journey), done(journey, 'at its start')]);
    expect(undisturbed.length).toBeGreaterThan(60);
    expect(lost).toEqual(undisturbed);
  });

  test.concurrent('after it was done asks for each thing once more, and for nothing else', async () => {
    const [undisturbed, lost] = await Promise.all([
      done(journey),
      done(journey, 'after it was done and before anybody heard of it'),
    ]);
    expect(lost).toEqual(undisturbed.flatMap((line) => [line, line]));
  });
});
