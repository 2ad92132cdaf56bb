import type { Evidence } from '../../../src/contract/evidence';
import type { Audit } from '../../../src/contract/messages';
import { FakeWorld, lasting } from '../support/fake-world';
import { approve, openGate, devServer, until, withMigration, type Handle, startLab } from '../support/lab';
import { planInput } from '../support/plan';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

async function migration(run: (handle: Handle, world: FakeWorld) => Promise<void>): Promise<void> {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, (handle) => run(handle, world));
}

/** A check that fails once while these apps are watched: at any time of the window, it is the watch that tells. */
function failsOnce(world: FakeWorld, when: (hosts: string[]) => boolean): void {
  let failed = false;
  world.answers.watchApps = async ({ hosts }) => {
    if (failed || !when(hosts)) return { proven: 'healthy', facts: {} };
    failed = true;
    throw lasting(`${hosts.at(-1)}: its check ended with exit code 1`, 'ProofFailed');
  };
}

test.concurrent.each<[string, (hosts: string[]) => boolean, string[], string[]]>([
  ['the canary', (hosts) => hosts.length === 1, ['switchApp app-1'], ['undoHost app-1 switch']],
  [
    'a later batch',
    (hosts) => hosts.includes('app-3'),
    ['switchApp app-1', 'switchApp app-2', 'switchApp app-3'],
    ['undoHost app-3 switch', 'undoHost app-2 switch', 'undoHost app-1 switch'],
  ],
])(
  'a check that fails while %s is watched takes every app back, and the gate opens again with the reason',
  (_which, when, switched, undone) =>
    migration(async (handle, world) => {
      failsOnce(world, when);
      const first = await openGate(handle, 'big-switch');
      await handle.signal('approve', { gate: 'big-switch', token: first, by: 'ann' });
      const status = await until(handle, (seen) => seen.gate !== undefined && seen.gate.token !== first);
      expect(status.blocked).toBeUndefined();
      expect(status.switchedApps).toEqual([]);
      expect(world.said(/switchApp/)).toEqual(switched);
      expect(world.said(/undoHost/)).toEqual(undone);
      expect(world.said(/moveQuorum/)).toEqual([]);
      const reason = expect.stringMatching(/^the apps went back to the old nodes .*its check ended with exit code 1/);
      expect(status.gate?.evidence.reopened).toEqual(reason);
      expect((await handle.query<Evidence>('evidence')).reopened).toEqual(reason);
      const audit = await handle.query<Audit>('audit');
      expect(audit.filter((entry) => entry.kind === 'gate-opened').at(-1)?.reason).toEqual(reason);

      // The old word counts for nothing.
      await handle.signal('approve', { gate: 'big-switch', token: first, by: 'ann' });
      await until(handle, () => true);
      expect(world.said(/switchApp/)).toEqual(switched);
      await approve(handle, 'big-switch');
      await openGate(handle, 'drain:old-1');
      expect(world.said(/switchApp/)).toEqual([...switched, 'switchApp app-1', 'switchApp app-2', 'switchApp app-3']);
    }),
);

test.concurrent('apps of earlier batches are watched with the later ones', () =>
  migration(async (handle, world) => {
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    const watched = world.calls.filter((call) => call.name === 'watchApps').map((call) => call.input);
    expect(watched).toEqual([
      { hosts: ['app-1'], seconds: 1 },
      { hosts: ['app-1', 'app-2'], seconds: 1 },
      { hosts: ['app-1', 'app-2', 'app-3'], seconds: 1 },
    ]);
  }),
);

test.concurrent(
  'an app that can not be put back holds the run; resume puts it back, and does not switch again without a word',
  () =>
    migration(async (handle, world) => {
      failsOnce(world, (hosts) => hosts.includes('app-2'));
      world.answers.undoHost = async ({ host }) => {
        throw lasting(`${host}: the restart command failed`);
      };
      const first = await openGate(handle, 'big-switch');
      await handle.signal('approve', { gate: 'big-switch', token: first, by: 'ann' });
      const { blocked } = await until(handle, (status) => status.blocked !== undefined);
      expect(blocked).toContain('app-2: app-2: the restart command failed');
      const switched = world.said(/switchApp/);
      delete world.answers.undoHost;
      await handle.signal('resume', { by: 'ann' });
      await until(handle, (seen) => seen.gate !== undefined && seen.gate.token !== first);
      expect(world.said(/undoHost/).slice(-2)).toEqual(['undoHost app-2 switch', 'undoHost app-1 switch']);
      expect(world.said(/switchApp/)).toEqual(switched);
    }),
);
