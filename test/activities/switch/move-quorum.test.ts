import { createQuorumActivities } from '../../../src/activities/switch/quorum';
import { FAILURES } from '../../../src/contract/failures';
import { NOT_OURS, unreadable, type Bad } from '../../support/cluster/bad';
import * as lies from '../../support/cluster/lies';
import { setRoles, simulatedWorld } from '../../support/cluster/world';

afterEach(() => jest.restoreAllMocks());

test('only the other side votes afterwards, and what others kept from voting stays so', async () => {
  const world = simulatedWorld('replicated');
  world.cluster.state.voteless.push('old-9');
  const { moveQuorum } = createQuorumActivities(world.deps);
  await expect(moveQuorum({ to: 'new' })).resolves.toMatchObject([{ step: 'quorum-new', changed: true }]);
  expect(world.cluster.state).toMatchObject({ voters: ['new-1', 'new-2'], master: 'new-1' });
  expect([...world.cluster.state.voteless].sort()).toEqual(['old-1', 'old-2', 'old-9']);
  await moveQuorum({ to: 'old' });
  expect(world.cluster.state).toMatchObject({ voters: ['old-1', 'old-2'], master: 'old-1' });
  expect([...world.cluster.state.voteless].sort()).toEqual(['new-1', 'new-2', 'old-9']);
});

describe('nodes that can not be elected', () => {
  const LESSER = [{ roles: ['data'] }, { roles: ['data_hot', 'ingest', 'ml'] }, { roles: ['ingest'] }, { roles: [] }];
  const both = async (roles: Record<string, string[]>) => {
    const world = simulatedWorld('replicated');
    setRoles(world, roles);
    const { moveQuorum } = createQuorumActivities(world.deps);
    const seen: { voters: string[]; voteless: string[] }[] = [];
    for (const to of ['new', 'old', 'new'] as const) {
      await moveQuorum({ to });
      const { voters, voteless } = world.cluster.state;
      seen.push({ voters, voteless: [...voteless].sort() });
    }
    return seen;
  };

  test.each(LESSER)('hold no votes on the old side: $roles', async ({ roles }) => {
    const toNew = { voters: ['new-1', 'new-2'], voteless: ['old-1'] };
    const toOld = { voters: ['old-1'], voteless: ['new-1', 'new-2'] };
    await expect(both({ 'old-2': roles })).resolves.toEqual([toNew, toOld, toNew]);
  });

  test.each(LESSER)('hold no votes on the new side: $roles', async ({ roles }) => {
    const toNew = { voters: ['new-2'], voteless: ['old-1', 'old-2'] };
    const toOld = { voters: ['old-1', 'old-2'], voteless: ['new-2'] };
    await expect(both({ 'new-1': roles })).resolves.toEqual([toNew, toOld, toNew]);
  });

  test('are kept from voting by name while they are away: they may come back with another role', async () => {
    const world = simulatedWorld('replicated');
    setRoles(world, { 'old-2': ['data'] });
    world.cluster.model.leave('old-2');
    await createQuorumActivities(world.deps).moveQuorum({ to: 'new' });
    expect([...world.cluster.state.voteless].sort()).toEqual(['old-1', 'old-2']);
  });
});

const before: Bad[] = [
  ...unreadable({ 'what a node knows': lies.VIEW, nodes: lies.NODES, 'who is kept from voting': lies.VOTING }),
  ...NOT_OURS,
  [
    'no new node that can be elected',
    ({ cluster }) => {
      cluster.state.nodes = cluster.state.nodes.map((node) =>
        node.name.startsWith('new') ? { ...node, roles: ['data'] } : node,
      );
    },
  ],
  [
    'new nodes that vote and can not be elected',
    (world) => setRoles(world, { 'new-1': ['master', 'voting_only'], 'new-2': ['data'] }),
  ],
];
test.each(before)('with %s nothing is touched', async (_what, change) => {
  const world = simulatedWorld('replicated');
  change(world);
  await expect(createQuorumActivities(world.deps).moveQuorum({ to: 'new' })).rejects.toThrow();
  expect(world.touched()).toEqual([]);
});

let term = 0;
const after: Bad[] = [
  ['an old node still votes', ({ cluster }) => cluster.tell(lies.voting(cluster, ['new-1', 'old-2']))],
  ['an old node is still master', ({ cluster }) => cluster.tell(lies.master(cluster, 'old-2'))],
  ['two configurations are in force', ({ cluster }) => cluster.tell(lies.voting(cluster, ['new-1'], ['new-2']))],
  [
    'there is an election at each look',
    ({ cluster }) =>
      cluster.tell(
        lies.about(
          lies.VOTING,
          lies.but((answer) => (answer.metadata.cluster_coordination.term = term += 1)),
        ),
      ),
  ],
];
test.each(after)('has not moved while %s', async (_what, change) => {
  const world = simulatedWorld('replicated');
  change(world);
  await expect(createQuorumActivities(world.deps).moveQuorum({ to: 'new' })).rejects.toMatchObject({
    type: FAILURES.PROOF_FAILED,
  });
});
