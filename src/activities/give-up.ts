import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../contract/activities';
import { FAILURES } from '../contract/failures';
import { lookAtTable } from '../elasticsearch/looks/picture';
import { readNodes } from '../elasticsearch/looks/nodes';
import { untilProven } from '../elasticsearch/proof';
import { reachCluster } from '../elasticsearch/looks/reach';
import type { Scope } from '../elasticsearch/scope';
import { plannedNode, type PlannedNode } from '../plan/hosts';
import { without } from '../plan/without';
import type { Deps } from './deps';

/** So long what is in the way may go by itself, in seconds: a person waits for the answer, and can say it again. */
const LOOK_SECONDS = 3;

/** The look before a host is taken for gone. Read-only. */
export function createGiveUpActivities(deps: Deps): Pick<Activities, 'proveLost'> {
  return {
    async proveLost({ host }) {
      const scope = await deps.scope();
      const node = plannedNode(scope.plan, host);
      // The host itself is not asked.
      const others = { ...scope, plan: without(scope.plan, [host]) };
      let nodes = 0;
      await untilProven(deps, `${host} can't be given up`, LOOK_SECONDS, async () => {
        const { problems, count } = await lookWithout(others, node);
        nodes = count;
        return problems;
      }).catch((error: unknown) => {
        if (!(error instanceof ApplicationFailure)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, FAILURES.PROOF_FAILED);
      });
      return { proven: `${node.nodeName} is not in the cluster, which is green without it.`, facts: { nodes } };
    },
  };
}

async function lookWithout(scope: Scope, node: PlannedNode): Promise<{ problems: string[]; count: number }> {
  const { client } = await reachCluster(scope, node.side === 'old' ? 'new' : 'old');
  const { health, table, problems } = await lookAtTable(client);
  const held = table.filter((copy) => copy.node === node.nodeName).length;
  // Last, so that one that came back meanwhile is seen.
  const present = (await readNodes(client)).some(({ name }) => name === node.nodeName);
  return {
    count: health.number_of_nodes,
    problems: [
      ...problems,
      ...(held > 0 ? [`${held} shard copies are on it`] : []),
      ...(present ? [`${node.nodeName} is in the cluster: stop it first, if its host is to go`] : []),
      ...(health.status === 'green' ? [] : [`the cluster is ${health.status} without it: wait until it is green`]),
    ],
  };
}
