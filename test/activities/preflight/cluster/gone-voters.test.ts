import * as lies from '../../../support/cluster/lies';
import { notWell, worldBefore } from './looked';

afterEach(() => jest.restoreAllMocks());

describe.each(['7.17.28', '8.19.1'])('before a cluster of %s moves', (version) => {
  test('nothing is found of voters that are all there', async () => {
    expect(await notWell(worldBefore({ version }))).toEqual([]);
  });

  test('a voter that is no node is refused by its id, with what lets it go', async () => {
    const world = worldBefore({ version });
    world.cluster.tell(lies.voting(world.cluster, ['old-1', 'old-2', 'Xk3dead']));
    const found = await notWell(world);
    expect(found).toEqual([
      {
        ...{ name: 'gone-voters', subject: 'Xk3dead', result: 'failed', waivable: false },
        seen: expect.stringContaining('2 of 3') as unknown,
        remedy: expect.stringMatching(/node_ids=Xk3dead.*DELETE.*wait_for_removal=false/) as unknown,
      },
    ]);
  });

  test('each of several is named', async () => {
    const world = worldBefore({ version });
    world.cluster.tell(lies.voting(world.cluster, ['old-1', 'old-2', 'a', 'b']));
    expect((await notWell(world)).map(({ subject }) => subject)).toEqual(['a', 'b']);
  });
});

test.each([
  ['is being changed', (world: ReturnType<typeof worldBefore>) => lies.voting(world.cluster, ['old-1'], ['old-2'])],
  ['can not be read', () => lies.about(lies.VOTING, lies.onlyWhere('cluster_coordination', lies.status(503)))],
])('a voting configuration that %s is refused', async (_what, lie) => {
  const world = worldBefore();
  world.cluster.tell(lie(world));
  expect(await notWell(world)).toContainEqual(
    expect.objectContaining({ name: 'gone-voters', subject: '', result: 'failed', waivable: false }),
  );
});
