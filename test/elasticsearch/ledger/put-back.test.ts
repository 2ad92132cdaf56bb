import fc from 'fast-check';
import { createDrainActivities } from '../../../src/activities/drain/activities';
import { createJoinActivities } from '../../../src/activities/join/activities';
import { createReplicateActivities } from '../../../src/activities/replicate/activities';
import { createQuorumActivities } from '../../../src/activities/switch/quorum';
import { createTeardownActivities } from '../../../src/activities/teardown/activities';
import { readLedger } from '../../../src/elasticsearch/ledger/records';
import { EXCLUDE_BY_NAME } from '../../../src/elasticsearch/settings/exclusions';
import { settingsChangedSince } from '../../../src/elasticsearch/settings/before';
import { setRoles, simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

/** Keys that a migration changes, with what others may have set, and some that it never touches. */
const OTHERS = {
  [EXCLUDE_BY_NAME]: ['old-9', 'old-9,old-8', 'old-1'],
  'indices.recovery.max_bytes_per_sec': ['20mb', '1gb'],
  'cluster.routing.allocation.node_concurrent_recoveries': ['1', '7'],
  'indices.recovery.max_concurrent_file_chunks': ['3', '5'],
  'cluster.max_voting_config_exclusions': ['2', '50'],
  'cluster.routing.rebalance.enable': ['none', 'primaries'],
  'logger.of.others': ['debug'],
};
/** Nodes that can't be elected, so many that one of each side can. */
const LESSER = { 'old-2': ['data'], 'new-2': ['ingest'] };
const level = fc.record(
  Object.fromEntries(Object.entries(OTHERS).map(([key, values]) => [key, fc.constantFrom(...values)])),
  { requiredKeys: [] },
);

/** Where something dies: at the request or the record of this number, before it has an effect or after. */
interface Crash {
  at: number;
  effect: boolean;
  of: 'request' | 'record';
}
const crash: fc.Arbitrary<Crash> = fc.record({
  at: fc.integer({ min: 1, max: 60 }),
  effect: fc.boolean(),
  of: fc.constantFrom('request', 'request', 'record'),
});

/** Lets one request, or one record on the hub, die. */
function dies({ cluster, hosts }: World, { at, effect, of }: Crash): void {
  cluster.tellTheTruth();
  let count = 0;
  const isIt = (kind: Crash['of']) => of === kind && (count += 1) === at;
  cluster.tell((_asked, truth) => {
    if (!isIt('request')) return undefined;
    if (effect) truth();
    throw new Error('the worker died');
  });
  hosts.onKeep = () => {
    if (isIt('record')) throw new Error('the worker died');
  };
}

/** Runs it as Temporal does: until it succeeds. */
async function surely(run: () => Promise<unknown>): Promise<void> {
  await run().catch(run);
}

/**
 * What a migration does to the settings of the cluster.
 * @param far how many of its steps come
 * @param twice number of the step whose success was not heard, so that it comes again
 */
async function migrate({ deps }: World, far: number, twice: number): Promise<void> {
  const steps = [
    () => createJoinActivities(deps).prepareClusterForJoin({ throughputMBps: 10 }),
    () => createReplicateActivities(deps).setThrottle({ maxMBps: 5 }),
    () => createQuorumActivities(deps).moveQuorum({ to: 'new' }),
    () => createDrainActivities(deps).excludeNode({ host: 'old-1' }),
    () => createDrainActivities(deps).excludeNode({ host: 'new-1' }),
    () => createReplicateActivities(deps).setThrottle({ maxMBps: 7 }),
    () => createQuorumActivities(deps).moveQuorum({ to: 'old' }),
  ];
  for (const [i, step] of steps.slice(0, far).entries()) {
    await surely(step);
    if (i === twice) await surely(step);
  }
}

const seen = ({ cluster: { state } }: World) => ({
  persistent: { ...state.settings.persistent },
  transient: { ...state.settings.transient },
  voteless: [...state.voteless].sort(),
});

test('whatever others had set, and wherever a worker died, at the end all is as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      level,
      level,
      fc.subarray(['old-9', 'old-2']),
      fc.integer({ min: 1, max: 7 }),
      fc.nat({ max: 6 }),
      fc.subarray(Object.keys(LESSER) as (keyof typeof LESSER)[]),
      crash,
      crash,
      async (persistent, transient, voteless, far, twice, lesser, inApply, inUndo) => {
        const world = simulatedWorld('joined');
        world.hosts.records.clear();
        Object.assign(world.cluster.state.settings, { persistent: { ...persistent }, transient: { ...transient } });
        setRoles(world, Object.fromEntries(lesser.map((name) => [name, LESSER[name]])));
        // Others can only have listed a node that votes, or one that is not there.
        world.cluster.state.voteless = voteless.filter((name) => !lesser.some((one) => one === name));
        const start = seen(world);
        dies(world, inApply);
        await migrate(world, far, twice);
        dies(world, inUndo);
        await surely(() => createTeardownActivities(world.deps).restoreCluster({}));
        world.cluster.tellTheTruth();
        expect(seen(world)).toEqual(start);
        expect(await readLedger(world.scope)).toEqual([]);
        const changed = await settingsChangedSince(world.scope, world.cluster.access.via('old-1'));
        expect(changed).toEqual({ ours: [], others: [] });
      },
    ),
    { numRuns: 80 },
  );
});
