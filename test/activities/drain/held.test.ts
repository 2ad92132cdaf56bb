import { createDrainActivities } from '../../../src/activities/drain/activities';
import type { MoveProgress } from '../../../src/contract/progress';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

const PIN = 'index.routing.allocation.require._id';

/** What a drain of old-1 says after some minutes in which one decider keeps `orders` off the new nodes. */
async function drained(world: World, decider: string): Promise<MoveProgress | undefined> {
  const reason = { decider, decision: 'NO', explanation: 'not now' };
  const decisions = ['new-1', 'new-2'].map((name) => {
    return { node_name: name, node_decision: 'no', deciders: [reason] };
  });
  const explained = { index: 'orders', shard: 0, primary: false, current_state: 'started' };
  const body = JSON.stringify({ ...explained, node_allocation_decisions: decisions });
  world.cluster.tell(
    lies.about(/^\/_cluster\/allocation\/explain$/, () => ({ status: 200, body })),
    lies.about(/^\/_cluster\/reroute$/, lies.status(400)),
    // The exclusion is taken, and moves nothing.
    lies.about(lies.SETTINGS, ({ method }) =>
      method === 'PUT' ? { status: 200, body: '{"acknowledged":true}' } : undefined,
    ),
  );
  const { drain } = createDrainActivities(world.deps);
  const end = Date.now() + 20 * 60_000;
  let said: MoveProgress | undefined;
  do said = await drain({ host: 'old-1', ...(said && { since: said }) });
  while (!said.done && Date.now() < end);
  return said;
}

test('a drain that waits for a shrink says so by name', async () => {
  const world = simulatedWorld('switched');
  Object.assign(world.cluster.state.indices.find(({ name }) => name === 'orders')?.settings ?? {}, {
    [PIN]: 'id-old-1',
  });
  world.cluster.beforehand.shrinking.orders = { step: 'check-shrink-allocation' };
  const said = await drained(world, 'filter');
  expect(said).toMatchObject({ done: false, shardsLeft: 1 });
  expect(said?.stuck?.sentence).toMatch(
    /index orders .* is held on old-1 .* shrink it \(step check-shrink-allocation\)/,
  );
  expect(said?.stuck?.action).toContain('POST _ilm/stop');
});

test('a drain that waits for a snapshot says so by name', async () => {
  const world = simulatedWorld('switched');
  const saving = { snapshot: 'nightly-7', repository: 'backup', state: 'STARTED', indices: { orders: {} } };
  world.cluster.beforehand.snapshots.push(saving);
  const said = await drained(world, 'snapshot_in_progress');
  expect(said?.stuck?.sentence).toContain('is being saved by the snapshot nightly-7 to backup');
});
