import type { Evidence } from '../../../src/contract/evidence';
import type { Audit } from '../../../src/contract/messages';
import type { PlanInput } from '../../../src/plan/schema';
import { FakeWorld, lasting } from '../support/fake-world';
import { approve, openGate, devServer, until, withMigration, type Handle, startLab } from '../support/lab';
import { currentDetails } from '../support/looks';
import { planInput } from '../support/plan';
import { answered, resetTo } from '../support/resets';

// Tests run side by side, and such tests don't wait for beforeAll.
const lab = startLab(devServer());
afterAll(async () => (await lab).close());

async function migration(
  run: (handle: Handle, world: FakeWorld) => Promise<void>,
  more: Partial<PlanInput> = {},
): Promise<void> {
  const input = planInput(more);
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

describe('a pause between two batches', () => {
  /** Pauses when the canary is on its way, for longer than a word counts, or not. */
  const paused = (
    minutes: number,
    run: (handle: Handle, world: FakeWorld, resume: () => Promise<void>) => Promise<void>,
  ) =>
    migration(
      async (handle, world) => {
        world.answers.watchApps = async () => {
          delete world.answers.watchApps;
          await handle.signal('pause', { by: 'ann', reason: 'lunch' });
          await until(handle, (status) => status.paused);
          return { proven: 'healthy', facts: {} };
        };
        await approve(handle, 'big-switch');
        const { doing } = await until(handle, (status) => status.doing.startsWith('paused'));
        expect(doing).toBe('paused in the middle of the switch, with app-1 on the fronts');
        expect(world.said(/switchApp/)).toEqual(['switchApp app-1']);
        expect(await currentDetails(handle)).toMatch(
          /\*\*Apps are on both sides:\*\* app-1 on the fronts, app-2 and app-3 on the old nodes.*rollback/s,
        );
        await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
        await run(handle, world, () => handle.signal('resume', { by: 'ann' }));
      },
      { gates: { approvalMinutes: 0.1 } },
    );

  test.concurrent('that was long is proved again, and when the gate holds still the others follow', () =>
    paused(0.12, async (handle, world, resume) => {
      const looks = world.said(/gatherEvidence big-switch/).length;
      await resume();
      await openGate(handle, 'drain:old-1');
      expect(world.said(/gatherEvidence big-switch/)).toHaveLength(looks + 1);
      expect(world.said(/undoHost/)).toEqual([]);
    }),
  );

  test.concurrent('that was long, with a gate that holds no more: all go back, and another word is asked for', () =>
    paused(0.12, async (handle, world, resume) => {
      world.facts = [{ name: 'green', ok: false, seen: 'it is yellow' }];
      await resume();
      const { gate } = await until(handle, (seen) => seen.gate?.evidence.reopened !== undefined);
      expect(gate?.evidence.reopened).toBe(
        'the apps went back to the old nodes (app-1): after a pause or a block the evidence no longer held: green (it is yellow)',
      );
      expect(world.said(/switchApp|undoHost/)).toEqual(['switchApp app-1', 'undoHost app-1 switch']);
    }),
  );

  test.concurrent('that was short goes on with the word as it is', () =>
    paused(0, async (handle, world, resume) => {
      const looks = world.said(/gatherEvidence big-switch/).length;
      await resume();
      await openGate(handle, 'drain:old-1');
      expect(world.said(/gatherEvidence big-switch/)).toHaveLength(looks);
    }),
  );
});

test.concurrent('apps that hosts say are switched, of which the run knows nothing, go back before a word counts', () =>
  migration(async (handle, world) => {
    const usual = world.standard();
    world.answers.gatherEvidence = async (asked) => {
      const evidence = await usual.gatherEvidence(asked);
      if (world.said(/^undoHost app-2/).length > 0) return evidence;
      const fact = { name: 'no app is switched', ok: false, seen: 'app-2 has a record of the switch' };
      return { ...evidence, holds: false, facts: [...evidence.facts, fact], switched: ['app-2'] };
    };
    const { gate } = await until(handle, (seen) => seen.gate !== undefined);
    expect(gate?.evidence.facts.filter(({ ok }) => !ok).map(({ seen }) => seen)).toEqual([
      'app-2 has a record of the switch',
      'app-2 was switched, or may have been: they are taken back first',
    ]);
    await handle.signal('reject', { gate: 'big-switch', token: gate?.token, by: 'ann', reason: 'look again' });
    await handle.signal('resume', { by: 'ann' });
    await until(handle, (seen) => seen.gate?.evidence.holds === true);
    expect(world.said(/undoHost|moveQuorum/)).toEqual([
      'undoHost app-3 switch',
      'undoHost app-2 switch',
      'undoHost app-1 switch',
      'moveQuorum old',
    ]);
  }),
);

describe('after a reset in the middle of the switch, before another word is asked for,', () => {
  /** Resets a run when its canary is on the fronts and the next app is on its way there. */
  async function resetAmid(act: (again: Handle, world: FakeWorld, runId: string) => Promise<void>): Promise<void> {
    const input = planInput();
    const world = new FakeWorld(input);
    await withMigration(await lab, { world, input }, async (handle, client) => {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const usual = world.standard();
      world.answers.switchApp = async (call) => {
        if (call.host === 'app-2') await released;
        return usual.switchApp(call);
      };
      await approve(handle, 'big-switch');
      await until(handle, () => world.said(/^switchApp app-2/).length > 0);
      const { again, runId } = await resetTo(client, handle, answered('watchApps'));
      release();
      await act(again, world, runId);
    });
  }

  test(
    'apps that were switched go back, and the quorum',
    () =>
      resetAmid(async (again, world, runId) => {
        const { gate } = await until(again, (seen) => seen.gate !== undefined);
        expect(gate?.evidence).toMatchObject({ holds: true, reopened: expect.stringMatching(/reset/) });
        expect(world.said(/undoHost|moveQuorum|gatherEvidence|proveOldNodesServe/, runId)).toEqual([
          'proveOldNodesServe',
          // More may be there than this run knows of.
          'undoHost app-3 switch',
          'undoHost app-2 switch',
          'undoHost app-1 switch',
          'moveQuorum old',
          'gatherEvidence big-switch',
        ]);
        expect((await until(again, () => true)).switchedApps).toEqual([]);
        await approve(again, 'big-switch');
        await openGate(again, 'drain:old-1');
        expect(world.said(/switchApp/, runId).slice(-3)).toEqual([
          'switchApp app-1',
          'switchApp app-2',
          'switchApp app-3',
        ]);
      }),
    120_000,
  );

  test(
    'the gate does not hold while they can not be taken back, and names them',
    () =>
      resetAmid(async (again, world) => {
        world.answers.proveOldNodesServe = async () => {
          throw lasting('old-1 does not serve');
        };
        const { gate } = await until(again, (seen) => seen.gate !== undefined);
        expect(gate?.evidence.holds).toBe(false);
        expect(gate?.evidence.facts.filter(({ ok }) => !ok)).toEqual([
          {
            name: 'apps and quorum are on the old side',
            ok: false,
            seen: 'app-1 and app-2 were switched, or may have been: they could not be taken back (old-1 does not serve)',
          },
        ]);
        delete world.answers.proveOldNodesServe;
        // It is tried again with each look, and resume makes it look.
        await again.signal('reject', { gate: 'big-switch', token: gate?.token, by: 'ann', reason: 'look again' });
        await again.signal('resume', { by: 'ann' });
        await until(again, (seen) => seen.gate?.evidence.holds === true);
        expect(world.said(/undoHost/)).toHaveLength(3);
      }),
    120_000,
  );
});
