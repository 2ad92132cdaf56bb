import { createGiveUpActivities } from '../../src/activities/give-up';
import { createRollbackActivities } from '../../src/activities/rollback/activities';
import { createTeardownActivities } from '../../src/activities/teardown/activities';
import { FAILURES } from '../../src/contract/failures';
import * as lies from '../support/cluster/lies';
import { simulatedWorld, type World } from '../support/cluster/world';
import { unreadable } from '../support/cluster/bad';

afterEach(() => jest.restoreAllMocks());

const prove = ({ deps }: World, host: string) => createGiveUpActivities(deps).proveLost({ host });
const refused = (message: string) => ({
  type: FAILURES.PROOF_FAILED,
  nonRetryable: true,
  message: expect.stringContaining(message) as string,
});

test('a node that is not in a green cluster is lost, and its host is not asked', async () => {
  const world = simulatedWorld('moved');
  await expect(prove(world, 'old-1')).resolves.toMatchObject({
    proven: expect.stringContaining('old-1 is not in') as string,
  });
  expect(world.touched()).toEqual([]);
});

test('a node that is in the cluster is not lost', async () => {
  await expect(prove(simulatedWorld('switched'), 'old-1')).rejects.toMatchObject(refused('old-1 is in the cluster'));
});

test('a cluster that is not green without it does not do without it', async () => {
  const world = simulatedWorld('moved');
  world.cluster.tell(lies.health({ status: 'yellow', unassigned_shards: 1 }));
  await expect(prove(world, 'old-1')).rejects.toMatchObject(refused('without it: wait until it is green'));
});

test.each(unreadable({ nodes: lies.NODES }))('with %s it is not known, and refused', async (_, change) => {
  const world = simulatedWorld('moved');
  change(world);
  await expect(prove(world, 'old-1')).rejects.toMatchObject(refused("old-1 can't be given up"));
});

describe('a node that was given up and is in the cluster again', () => {
  const AGAIN = /new-9 was given up and is in the cluster again/;
  const again = (stage: 'moved' | 'back') => {
    const world = simulatedWorld(stage);
    const [node] = world.cluster.state.nodes;
    if (node) world.cluster.state.nodes.push({ ...node, name: 'new-9' });
    return world;
  };

  test('keeps teardown and rollback from their last proof', async () => {
    const lost = ['new-9'];
    await expect(createTeardownActivities(again('moved').deps).proveTornDown({ lost })).rejects.toThrow(AGAIN);
    const back = createRollbackActivities(again('back').deps);
    await expect(back.proveRolledBack({ lost })).rejects.toThrow(AGAIN);
    await expect(back.proveGone({ hosts: [], lost })).rejects.toThrow(AGAIN);
  });
});
