import { createDrainActivities } from '../../../src/activities/drain/activities';
import { createEvidenceActivities } from '../../../src/activities/evidence/activities';
import { createJoinActivities } from '../../../src/activities/join/activities';
import { createReplicateActivities } from '../../../src/activities/replicate/activities';
import { createTeardownActivities } from '../../../src/activities/teardown/activities';
import { KEPT_RECORD, SETTINGS_BEFORE, type KeptRecord } from '../../../src/contract/kept-record';
import type { LedgerEntry } from '../../../src/contract/ledger';
import { endUntold, readLedger } from '../../../src/elasticsearch/ledger/records';
import { copyOf, keepAgain, lostOnHub } from '../../../src/elasticsearch/ledger/second-copy';
import { applyClusterStep } from '../../../src/elasticsearch/ledger/step';
import { indexSettingsStep } from '../../../src/elasticsearch/ledger/steps';
import { settingsChangedSince } from '../../../src/elasticsearch/settings/before';
import { keptToo, namesOf } from '../../../src/workflows/state/kept';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const RATE = 'indices.recovery.max_bytes_per_sec';

/** As `JSON` and the history would hand them over. */
function copies(entries: LedgerEntry[], before: KeptRecord[] = []): KeptRecord[] {
  const kept = entries.flatMap((entry) => entry.kept ?? []);
  return (keptToo(before, JSON.parse(JSON.stringify(kept))) ?? []).map((one) => KEPT_RECORD.parse(one));
}

/** Joined, with what a run keeps of that. */
async function joined(): Promise<{ world: World; kept: KeptRecord[]; was: unknown }> {
  const world = simulatedWorld('joined');
  world.cluster.state.settings.persistent = { [RATE]: '30mb', 'logger.of.others': 'debug' };
  world.cluster.state.voteless = [];
  world.hosts.records.get('hub')?.clear();
  const was = structuredClone(world.cluster.state.settings);
  const entries = await createJoinActivities(world.deps).prepareClusterForJoin({ throughputMBps: 30 });
  return { world, kept: copies(entries), was };
}

const loses = ({ hosts }: World) => hosts.records.get('hub')?.clear();
const restore = ({ deps }: World, kept: KeptRecord[]) => createTeardownActivities(deps).restoreCluster({ kept });

test('what a run keeps says what was before, and no setting that a migration never changes', async () => {
  const { kept } = await joined();
  expect(kept.map(({ name }) => name)).toEqual([
    SETTINGS_BEFORE,
    expect.stringMatching(/voting-new-out$/),
    expect.stringMatching(/no-rebalance$/),
    expect.stringMatching(/throttle/),
  ]);
  expect(JSON.stringify(kept)).toContain('30mb');
  expect(JSON.stringify(kept)).not.toContain('logger.of.others');
});

test('a hub that lost its record: all is put back from the second copy, and told by name', async () => {
  const { world, kept, was } = await joined();
  loses(world);
  const { lost, undone } = await restore(world, kept);
  expect(lost).toEqual(expect.arrayContaining([SETTINGS_BEFORE, 'voting-new-out', 'no-rebalance']));
  expect(undone).toHaveLength(kept.length - 1);
  expect(world.cluster.state.settings).toEqual(was);
  expect(world.cluster.state.voteless).toEqual([]);
  // And what is compared at the end is known again.
  world.cluster.state.settings.persistent[RATE] = '1mb';
  const { ours, others } = await settingsChangedSince(world.scope, world.cluster.access.via('old-1'));
  expect({ ours, others }).toEqual({ ours: [`${RATE} is "1mb" and was "30mb"`], others: [] });
});

test('what was recorded after the loss, on top of our own changes, does not become what was before', async () => {
  const { world, kept, was } = await joined();
  loses(world);
  const { setThrottle } = createReplicateActivities(world.deps);
  const later = copies(await setThrottle({ maxMBps: 3 }), kept);
  const again = copies(await createJoinActivities(world.deps).prepareClusterForJoin({ throughputMBps: 7 }), later);
  await restore(world, again);
  expect(world.cluster.state.settings).toEqual(was);
  expect(await readLedger(world.scope)).toEqual([]);
});

test('a hub that has everything has lost nothing, and is not written to', async () => {
  const { world, kept } = await joined();
  const before = structuredClone(world.hosts.records.get('hub'));
  expect(await keepAgain(world.scope, kept)).toEqual({ lost: [] });
  expect(world.hosts.records.get('hub')).toEqual(before);
});

test('one record alone is missed, and is written under its own name', async () => {
  const { world, kept } = await joined();
  const before = await readLedger(world.scope);
  const { name } = kept.find((one) => one.name.endsWith('no-rebalance')) ?? { name: '' };
  world.hosts.records.get('hub')?.delete(name);
  expect(await lostOnHub(world.scope, namesOf(kept))).toEqual(['no-rebalance']);
  await keepAgain(world.scope, kept);
  expect(await readLedger(world.scope)).toEqual(before);
});

test('a gate does not hold while the hub lacks a record, and names it', async () => {
  const { world, kept } = await joined();
  loses(world);
  const { gatherEvidence } = createEvidenceActivities(world.deps);
  const evidence = await gatherEvidence({ gate: 'big-switch', kept: namesOf(kept) });
  expect(evidence.lost).toContain('no-rebalance');
  expect(evidence.facts.find(({ name }) => name.startsWith('the hub has recorded'))?.seen).toMatch(
    /it has lost: .*no-rebalance.*its own copy/,
  );
  await keepAgain(world.scope, kept);
  const again = await gatherEvidence({ gate: 'big-switch', kept: namesOf(kept) });
  expect(again.lost).toBeUndefined();
  expect(again.facts.some(({ name }) => name.startsWith('the hub has recorded'))).toBe(false);
});

describe('records of indices', () => {
  const head = { id: 'planned-replicas', phase: 'replicate' as const, summary: 'replicas' };
  const change = async (world: World) => {
    const client = world.cluster.access.via('old-1');
    const names = world.cluster.state.indices.map(({ name }) => name);
    const wanted = Object.fromEntries(names.map((name) => [name, { 'index.number_of_replicas': '0' }]));
    return [await applyClusterStep(world.scope, await indexSettingsStep(client, head, wanted, false))];
  };

  test('are kept grouped, and come back as they were', async () => {
    const { world, kept } = await joined();
    const all = copies(await change(world), kept);
    const before = await readLedger(world.scope);
    loses(world);
    await keepAgain(world.scope, all);
    expect(await readLedger(world.scope)).toEqual(before);
  });

  test('that are too large for a second copy are refused by name, and nothing is written', async () => {
    const { world, kept } = await joined();
    const [record] = await readLedger(world.scope);
    const originals = Object.fromEntries(
      Array.from({ length: 9000 }, (_, i) => [`logs-2026.11.${i}`, { k: String(i) }]),
    );
    const undo = { kind: 'index-settings' as const, planned: true, originals };
    const large = copyOf({ ...record!, name: 'cluster-0009-planned-replicas', id: 'planned-replicas', undo });
    expect(large).not.toHaveProperty('value');
    loses(world);
    await expect(keepAgain(world.scope, [...kept, large])).rejects.toThrow(
      /hub has lost its record of planned-replicas/,
    );
    expect(world.hosts.records.get('hub')?.size).toBe(0);
  });

  test('one that ended untold was not lost', async () => {
    const { world, kept } = await joined();
    const all = copies(await change(world), kept);
    const record = (await readLedger(world.scope)).find(({ id }) => id === 'planned-replicas');
    await endUntold(world.scope, record!);
    expect(await lostOnHub(world.scope, namesOf(all))).toEqual([]);
    const later = namesOf(all).map((one) => (one.id === record?.id ? { ...one, at: '2999-01-01T00:00:00.000Z' } : one));
    expect(await lostOnHub(world.scope, later)).toEqual(['planned-replicas']);
  });
});

test('an exclusion is kept twice too', async () => {
  const world = simulatedWorld('switched');
  const entries = await createDrainActivities(world.deps).excludeNode({ host: 'old-1' });
  expect(copies(entries).map(({ name }) => name)).toContainEqual(expect.stringMatching(/exclude-old-1$/));
});
