import type { KeptRecord } from '../../src/contract/kept-record';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld, lasting } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration } from './support/lab';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

const at = '2026-01-01T00:00:00.000Z';
const records: KeptRecord[] = [
  { name: 'settings-before', value: { persistent: {}, transient: {}, oursOnly: true } },
  { name: 'cluster-0001-no-rebalance', id: 'no-rebalance', at, phase: 'join' },
];

/** A world whose join tells what the hub has recorded. */
function recording(): FakeWorld {
  const world = new FakeWorld(planInput());
  world.answers.prepareClusterForJoin = async () => [
    { host: 'hub', phase: 'join', step: 'no-rebalance', summary: 'still', changed: true, at, kept: records },
  ];
  return world;
}

const inputsOf = (world: FakeWorld, name: string) =>
  world.calls.filter((call) => call.name === name).map(({ input }) => input);

test.concurrent('a gate sees that the hub lost its record, has it written again, and tells', async () => {
  const world = recording();
  let lost: string[] | undefined = ['no-rebalance'];
  const usual = world.standard();
  world.answers.gatherEvidence = async (input) => {
    const evidence = await usual.gatherEvidence(input);
    const fact = { name: 'the hub has recorded', ok: false, seen: 'it has lost: no-rebalance' };
    return lost ? { ...evidence, holds: false, facts: [...evidence.facts, fact], lost } : evidence;
  };
  world.answers.keepAgain = async () => {
    const found = lost ?? [];
    lost = undefined;
    return { lost: found };
  };
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    await openGate(handle, 'big-switch');
    const [first] = inputsOf(world, 'gatherEvidence');
    expect(first).toEqual({
      gate: 'big-switch',
      kept: [{ name: 'settings-before' }, { name: records[1]?.name, id: 'no-rebalance', at }],
    });
    expect(inputsOf(world, 'keepAgain')).toEqual([{ records }]);
    expect(await handle.query<Audit>('audit')).toContainEqual(
      expect.objectContaining({
        kind: 'recorded-again',
        reason: "the hub had lost its record of no-rebalance; written there again from the run's own copy",
      }),
    );
    await handle.signal('rollback', { by: 'bob', reason: 'enough' });
    await handle.result();
    const restored = inputsOf(world, 'restoreCluster');
    expect(restored).toEqual([{ planned: true, kept: records }, { kept: records }]);
    const [report] = inputsOf(world, 'writeReport') as { ledger: object[] }[];
    expect(JSON.stringify(report?.ledger)).not.toContain('settings-before');
  });
});

test.concurrent('a gate whose hub has everything asks for nothing more', async () => {
  const world = recording();
  await withMigration(await lab, { world, input: planInput() }, async (handle) => {
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    expect(inputsOf(world, 'keepAgain')).toEqual([]);
  });
});

test.concurrent(
  'a join that is tried again has a hub that lost its record know first how the cluster was',
  async () => {
    const world = recording();
    world.answers.proveJoin = async () => {
      throw lasting('new-1 has not joined');
    };
    world.answers.keepAgain = async () => ({ lost: ['settings-before'] });
    await withMigration(await lab, { world, input: planInput() }, async (handle) => {
      await until(handle, ({ blocked }) => blocked !== undefined);
      expect(world.said(/^keepAgain/)).toEqual([]);
      delete world.answers.proveJoin;
      await handle.signal('resume', { by: 'ann' });
      await openGate(handle, 'big-switch');
      const asked = ['prepareClusterForJoin', 'keepAgain', 'prepareClusterForJoin'];
      expect(world.said(/^(prepareClusterForJoin|keepAgain)/)).toEqual(asked);
      expect(inputsOf(world, 'keepAgain')).toEqual([{ records }]);
      const again = (await handle.query<Audit>('audit')).filter(({ kind }) => kind === 'recorded-again');
      expect(again).toHaveLength(1);
    });
  },
);
