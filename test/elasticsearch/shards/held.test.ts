import { explainCopy } from '../../../src/elasticsearch/shards/explain';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld, type World } from '../../support/cluster/world';

const ORDERS: ShardCopy = { index: 'orders', shard: 0, primary: true, state: 'STARTED', node: 'old-1', bytes: 1 };
const STATUS = /^\/_snapshot\/_status$/;
const PIN = 'index.routing.allocation.require._id';

/** Why a copy does not move, where one decider keeps it off the new nodes. */
async function why(decider: string, change: (world: World) => void = () => undefined) {
  const world = simulatedWorld('switched');
  const decisions = ['new-1', 'new-2'].map((name) => ({
    ...{ node_name: name, node_decision: 'no' },
    deciders: [{ decider, decision: 'NO', explanation: "the cluster's own words" }],
  }));
  const explained = { index: 'orders', shard: 0, primary: true, current_state: 'started' };
  const body = JSON.stringify({ ...explained, node_allocation_decisions: decisions });
  world.cluster.tell(lies.about(/^\/_cluster\/allocation\/explain$/, () => ({ status: 200, body })));
  change(world);
  return explainCopy(world.cluster.access.via('new-1'), ORDERS, { targets: ['new-1', 'new-2'] });
}

const saves =
  (...indices: string[]) =>
  ({ cluster }: World) => {
    const saved = Object.fromEntries(indices.map((name) => [name, {}]));
    cluster.beforehand.snapshots.push({
      snapshot: 'nightly-7',
      repository: 'backup',
      state: 'STARTED',
      indices: saved,
    });
  };
const pins =
  (node: string, step?: string) =>
  ({ cluster }: World) => {
    const orders = cluster.state.indices.find(({ name }) => name === 'orders');
    Object.assign(orders?.settings ?? {}, { [PIN]: `id-${node}` });
    if (step !== undefined) cluster.beforehand.shrinking.orders = { step };
  };

test('a snapshot that saves the shard is named, and how to see how far it is', async () => {
  const { sentence, action } = await why('snapshot_in_progress', saves('products', 'orders'));
  expect(sentence).toBe(
    'Shard 0 of index orders is being saved by the snapshot nightly-7 to backup, and moves when it is saved.',
  );
  expect(action).toMatch(/^Wait; GET _snapshot\/backup\/nightly-7\/_status .* \(POST _slm\/stop/);
});

test('an index that is held on an old node to be shrunk is named, with its step', async () => {
  const { sentence, action } = await why('filter', pins('old-1', 'check-shrink-allocation'));
  expect(sentence).toBe(
    `Shard 0 of index orders does not move: the index is held on old-1 (${PIN}), since lifecycle management is about to shrink it (step check-shrink-allocation).`,
  );
  expect(action).toMatch(/^Wait until it is done; GET orders\/_ilm\/explain .* POST _ilm\/stop/);
});

test('one that is held there by somebody else says how it is let go', async () => {
  const { sentence, action } = await why('filter', pins('old-1'));
  expect(sentence).toContain(`the index is held on old-1 (${PIN}), and lifecycle management does not shrink it now.`);
  expect(action).toContain(`PUT orders/_settings {"${PIN}": null}`);
});

test.each<[string, string, (world: World) => void]>([
  ['a snapshot of others', 'snapshot_in_progress', saves('products')],
  ['no snapshot any more', 'snapshot_in_progress', () => undefined],
  [
    'a snapshot that can not be seen',
    'snapshot_in_progress',
    ({ cluster }) => cluster.tell(lies.about(STATUS, lies.html)),
  ],
  ['a filter of another kind', 'filter', () => undefined],
  ['a lifecycle that can not be seen', 'filter', (world) => (pins('old-1')(world), world.cluster.tell(explainFails))],
  ['another decider', 'disk_threshold', pins('old-1')],
])("with %s the cluster's own words are told", async (_what, decider, change) => {
  expect((await why(decider, change)).sentence).toContain("the cluster's own words");
});

const explainFails = lies.about(/_ilm\/explain$/, lies.status(503));
