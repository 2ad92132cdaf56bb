import { createEvidenceActivities } from '../../../src/activities/evidence/activities';
import * as lies from '../../support/cluster/lies';
import { simulatedWorld } from '../../support/cluster/world';
import { REST } from './worlds';

afterEach(() => jest.restoreAllMocks());

test('of a copy that is nowhere it is told why, and what mends it', async () => {
  const explained = {
    ...{ index: 'orders', shard: 0, primary: false, current_state: 'unassigned' },
    unassigned_info: { reason: 'NODE_LEFT' },
    node_allocation_decisions: [
      {
        node_name: 'new-2',
        node_decision: 'no',
        deciders: [{ decider: 'enable', decision: 'NO', explanation: 'allocations are forbidden: primaries only' }],
      },
    ],
  };
  const { cluster, deps } = simulatedWorld('switched');
  cluster.tell(
    lies.copy(cluster, 'orders', 'new-1', { state: 'UNASSIGNED', node: null }),
    lies.health({ unassigned_shards: 1 }),
    lies.about(/allocation\/explain$/, () => ({ status: 200, body: JSON.stringify(explained) })),
  );
  const { facts } = await createEvidenceActivities(deps).gatherEvidence({ gate: 'drain:old-1' });
  expect(facts.find(({ name }) => name === REST)?.seen).toMatch(
    /Replica of shard 0 of index orders is unassigned \(NODE_LEFT\): allocations are forbidden: primaries only\. Set cluster\.routing\.allocation\.enable back to "all"\.$/,
  );
});
