import { FakeWorld, lasting } from '../support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration, type Handle } from '../support/lab';
import { planInput } from '../support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

/** A migration whose apps are all on the fronts, and that stands right before its quorum follows. */
async function standing(
  stand: (handle: Handle, world: FakeWorld) => Promise<void>,
  run: (handle: Handle, world: FakeWorld, since: () => string[]) => Promise<void>,
): Promise<void> {
  const input = planInput({ gates: { approvalMinutes: 0.1 } });
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    await stand(handle, world);
    const before = world.said().length;
    await run(handle, world, () =>
      world
        .said()
        .slice(before)
        .filter((line) => /Quorum|big-switch|Switched|switchApp|undo/.test(line)),
    );
  });
}

/** For longer than a word counts, from when the last apps are watched on. */
async function paused(handle: Handle, world: FakeWorld): Promise<void> {
  world.answers.watchApps = async ({ hosts }) => {
    if (hosts.length === 3) {
      await handle.signal('pause', { by: 'ann' });
      await until(handle, (status) => status.paused);
    }
    return { proven: 'healthy', facts: {} };
  };
  await approve(handle, 'big-switch');
  await until(handle, ({ paused, switchedApps }) => paused && switchedApps.length === 3);
  await new Promise((resolve) => setTimeout(resolve, 7_000));
}

/** As the quorum could not be moved. */
async function blocked(handle: Handle, world: FakeWorld): Promise<void> {
  world.answers.moveQuorum = async () => {
    throw lasting('no node can be elected');
  };
  await approve(handle, 'big-switch');
  await until(handle, (status) => status.blocked !== undefined);
  delete world.answers.moveQuorum;
}

const ways: [string, typeof paused][] = [
  ['a long pause', paused],
  ['a block', blocked],
];

test.concurrent.each(ways)('after %s the word is proved again before the quorum follows the apps', (_, stand) =>
  standing(stand, async (handle, _world, since) => {
    await handle.signal('resume', { by: 'ann' });
    await openGate(handle, 'drain:old-1');
    expect(since()).toEqual(['gatherEvidence big-switch', 'moveQuorum new', 'proveSwitched']);
  }),
);

test.concurrent.each(ways)(
  'when it holds no more after %s, the apps go back and another word is asked for',
  (_, stand) =>
    standing(stand, async (handle, world, since) => {
      world.facts = [{ name: 'green', ok: false, seen: 'it is yellow' }];
      await handle.signal('resume', { by: 'ann' });
      const { gate } = await until(handle, (seen) => seen.gate?.evidence.reopened !== undefined);
      expect(gate?.evidence.reopened).toMatch(
        /^the apps went back .* the evidence no longer held: green \(it is yellow\)$/,
      );
      const home = ['undoHost app-3 switch', 'undoHost app-2 switch', 'undoHost app-1 switch'];
      // A move that failed may have moved some of it.
      const quorum = stand === blocked ? ['moveQuorum old'] : [];
      expect(since()).toEqual([...['gatherEvidence big-switch'], ...home, ...quorum, 'gatherEvidence big-switch']);
    }),
);

test.concurrent('what a move of the quorum that failed has moved already is no reason against the next try', () =>
  standing(blocked, async (handle, world, since) => {
    world.facts = [...world.facts, { name: 'only old nodes vote', ok: false, seen: 'new-1 votes' }];
    await handle.signal('resume', { by: 'ann' });
    await until(handle, ({ phase }) => phase === 'drain');
    expect(since()).toEqual(['gatherEvidence big-switch', 'moveQuorum new', 'proveSwitched']);
  }),
);
