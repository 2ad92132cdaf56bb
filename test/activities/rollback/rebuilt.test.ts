import { createRollbackActivities } from '../../../src/activities/rollback/activities';
import { leftToBuild } from '../../../src/activities/rollback/rebuilt';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';
import * as lies from '../../support/cluster/lies';
import { COPY_BYTES, simulatedWorld, type World, type WorldOptions } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

/** The plan had given `orders` fewer replicas, and one that it took away is not there yet. */
function lacking(index = 'orders', options: WorldOptions = {}): World {
  const world = simulatedWorld('back', { ...options, plan: { indices: { orders: { replicas: 0 } } } });
  const { table } = world.cluster.state;
  const primary = table.find((copy) => copy.index === index && copy.primary);
  if (!primary) throw new Error(`there is no ${index}`);
  table.push({ ...primary, primary: false, node: undefined, state: 'UNASSIGNED' });
  return world;
}

const wait = ({ deps }: World) => createRollbackActivities(deps).awaitCopies({});

test('it is not done while a copy that the plan took away is not there, and says how much of it there is', async () => {
  await expect(wait(lacking())).resolves.toMatchObject({ done: false, shardsLeft: 1, bytesLeft: COPY_BYTES });
});

test('it is done at once when all are there, and what other indices lack is not waited for', async () => {
  await expect(wait(simulatedWorld('back'))).resolves.toMatchObject({ done: true, shardsLeft: 0 });
  await expect(wait(lacking('products'))).resolves.toMatchObject({ done: true });
});

test('when nothing is built for long, it says why', async () => {
  const world = lacking();
  const { awaitCopies } = createRollbackActivities(world.deps);
  const since = { ...(await awaitCopies({})), stalledSeconds: 3600 };
  await expect(awaitCopies({ since })).resolves.toMatchObject({
    stuck: { sentence: expect.stringContaining('orders') as string },
  });
});

test('nobody that answers is no sign that all are there', async () => {
  await expect(wait(lacking('orders', { lies: [lies.about(lies.TABLE, lies.lost)] }))).resolves.toMatchObject({
    done: false,
    unanswered: expect.anything() as object,
  });
});

test('what has arrived of a copy is not left any more', () => {
  const primary: ShardCopy = { index: 'orders', shard: 0, primary: true, state: 'STARTED', node: 'old-1', bytes: 100 };
  const missing: ShardCopy = { ...primary, primary: false, state: 'INITIALIZING', node: 'old-2', bytes: 0 };
  const recovery = { index: 'orders', shard: 0, type: 'PEER', stage: 'INDEX', totalBytes: 100, operations: 0 };
  const left = leftToBuild([primary, missing], [missing], [{ ...recovery, recoveredBytes: 30 }]);
  expect(left).toMatchObject({ shardsTotal: 2, shardsLeft: 1, bytesTotal: 200, bytesLeft: 70 });
});
