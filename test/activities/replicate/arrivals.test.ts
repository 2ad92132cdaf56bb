import { createDrainActivities } from '../../../src/activities/drain/activities';
import { createReplicateActivities } from '../../../src/activities/replicate/activities';
import type { MoveProgress } from '../../../src/contract/progress';
import { EXCLUDE_BY_NAME } from '../../../src/elasticsearch/settings/exclusions';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

type Move = (since?: MoveProgress) => Promise<MoveProgress>;
const replicateOf = ({ deps }: World): Move => {
  return (since) => createReplicateActivities(deps).replicate({ ...(since && { since }) });
};

/** Calls as the workflow does, for some minutes of the world's clock; gives what each call said. */
async function forMinutes(minutes: number, move: Move): Promise<MoveProgress[]> {
  const end = Date.now() + minutes * 60_000;
  const said: MoveProgress[] = [];
  do said.push(await move(said.at(-1)));
  while (!said.at(-1)?.done && Date.now() < end);
  return said;
}

/** Nodes to which a shard of an index was asked to move, in order. */
function askedOf({ cluster }: World, index: string): string[] {
  return cluster.asked.flatMap(({ path, body }) => {
    const move = path === '/_cluster/reroute' ? (body as any).commands[0].move : undefined;
    return move?.index === index ? [move.to_node as string] : [];
  });
}

describe('a move that is taken on and fails on its target', () => {
  test('is asked for three times, then not for some minutes, and the shard is stuck by name at once', async () => {
    const world = simulatedWorld('joined');
    world.cluster.tell(lies.neverArrives('orders', 'new-1', 'new-2'));
    const said = await forMinutes(4, replicateOf(world));
    expect(askedOf(world, 'orders').sort()).toEqual(['new-1', 'new-1', 'new-1', 'new-2', 'new-2', 'new-2']);
    expect(said.at(-1)).toMatchObject({ done: false, shardsLeft: 1 });
    // The first call returns as soon as the other index is there.
    const [, second] = said;
    expect(second?.stuck?.sentence).toContain('Primary of shard 0 of index orders is on old-1');
    expect(second?.stuck?.sentence).toMatch(/began to move it to new-[12] \(3 times\) and new-[12] \(3 times\)/);
    expect(second?.stuck?.action).toMatch(/\[orders\]\[0\] in the log of Elasticsearch on new-[12] and new-[12]/);
  });

  test('is tried again after some minutes, stays stuck meanwhile, and arrives when its cause is gone', async () => {
    const world = simulatedWorld('joined');
    world.cluster.tell(lies.neverArrives('orders', 'new-1', 'new-2'));
    const said = await forMinutes(12, replicateOf(world));
    expect(askedOf(world, 'orders').length).toBeGreaterThan(6);
    expect(askedOf(world, 'orders').length).toBeLessThan(13);
    expect(said.slice(1).map(({ stuck }) => stuck !== undefined)).not.toContain(false);
    world.cluster.tellTheTruth();
    const after = await forMinutes(6, (since) => replicateOf(world)(since ?? said.at(-1)));
    expect(after.at(-1)).toMatchObject({ done: true });
    expect(after.at(-1)?.stuck).toBeUndefined();
    expect(after.at(-1)?.arrivals?.failed ?? []).toEqual([]);
  });

  test('goes to another node where one takes it', async () => {
    const world = simulatedWorld('joined');
    world.cluster.tell(lies.neverArrives('orders', 'new-1'));
    const said = await forMinutes(4, replicateOf(world));
    expect(askedOf(world, 'orders')).toEqual(['new-1', 'new-1', 'new-1', 'new-2']);
    expect(said.at(-1)).toMatchObject({ done: true });
  });

  test('is stuck too where the other node is refused, with what the cluster says', async () => {
    const world = simulatedWorld('joined');
    const no = {
      decider: 'max_retry',
      decision: 'NO',
      explanation: 'it has failed 5 times on new-1: IOException[stop.txt]',
    };
    world.cluster.tell(
      lies.about(/^\/_cluster\/reroute$/, lies.status(400)),
      lies.neverArrives('orders', 'new-1'),
      lies.about(/explain$/, () => ({
        status: 200,
        body: JSON.stringify({
          ...{ index: 'orders', shard: 0, primary: true, current_state: 'started', current_node: { name: 'old-1' } },
          rebalance_explanation: 'rebalancing is not allowed',
          node_allocation_decisions: [{ node_name: 'new-1', node_decision: 'no', deciders: [no] }],
        }),
      })),
    );
    const [first] = await forMinutes(0, replicateOf(world));
    expect(first?.stuck?.sentence).toMatch(/to new-1 \(3 times\), and it did not arrive.*IOException\[stop\.txt\]/);
    expect(first?.stuck?.sentence).not.toContain('rebalancing is not allowed');
  });

  test('keeps the exclusion of a drain away, with which the cluster would try it again and again by itself', async () => {
    const world = simulatedWorld('switched');
    world.cluster.tell(lies.neverArrives('sessions', 'new-1', 'new-2'));
    const drain: Move = (since) => createDrainActivities(world.deps).drain({ host: 'old-2', ...(since && { since }) });
    const said = await forMinutes(4, drain);
    expect(askedOf(world, 'sessions')).toHaveLength(6);
    expect(world.cluster.state.settings.persistent[EXCLUDE_BY_NAME]).toBeUndefined();
    expect(said.at(-1)?.stuck?.sentence).toContain('Primary of shard 0 of index sessions is on old-2');
    world.cluster.tellTheTruth();
    const after = await forMinutes(6, (since) => drain(since ?? said.at(-1)));
    expect(after.at(-1)).toMatchObject({ done: true });
  });
});

describe('a copy that breaks off again and again', () => {
  test('is no progress, is set aside, and is said so', async () => {
    const world = simulatedWorld('joined');
    world.cluster.tell(lies.breaksOff(world.cluster, 'orders', [200_000, 600_000, 700_000]));
    const said = await forMinutes(20, replicateOf(world));
    expect(askedOf(world, 'orders').length).toBeLessThan(20);
    expect(said.at(-1)?.stalledSeconds).toBeGreaterThan(15 * 60);
    expect(said.at(-1)?.stuck?.sentence).toContain('Primary of shard 0 of index orders is on old-1');
  });

  test('is no progress either where it begins anew by itself and stays on its way', async () => {
    const world = simulatedWorld('joined');
    const again = Array.from({ length: 2000 }, (_, look) => 200_000 + (look % 4) * 100_000);
    world.cluster.tell(lies.breaksOff(world.cluster, 'orders', again));
    const said = await forMinutes(20, replicateOf(world));
    expect(said.at(-1)?.stalledSeconds).toBeGreaterThan(15 * 60);
    expect(said.at(-1)?.stuck?.sentence).toMatch(
      /from old-1 to new-[12] broke off \d+ times and begins anew each time/,
    );
  });
});
