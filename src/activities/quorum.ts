import type { Activities } from '../contract/activities';
import { clusterRefused } from '../elasticsearch/ask';
import { applyClusterStep } from '../elasticsearch/cluster-step';
import { readNodes } from '../elasticsearch/nodes';
import { untilProven } from '../elasticsearch/proof';
import { reachCluster } from '../elasticsearch/reach';
import { votingStep } from '../elasticsearch/steps';
import { readVoting } from '../elasticsearch/voting';
import { plannedNodes } from '../plan/hosts';
import type { Deps } from './deps';

/** Longest time for the votes and the elected master to move, in seconds. */
const TURN_SECONDS = 90;

/** The activity that turns the voting configuration: the quorum follows the apps. */
export function createQuorumActivities(deps: Deps): Pick<Activities, 'moveQuorum'> {
  return {
    async moveQuorum({ to }) {
      const scope = await deps.scope();
      const { client } = await reachCluster(scope, to);
      const names = (side: 'old' | 'new') =>
        plannedNodes(scope.plan)
          .filter((node) => node.side === side)
          .map((node) => node.nodeName);
      const inside = names(to);
      const outside = names(to === 'new' ? 'old' : 'new');
      const present = await readNodes(client);
      const electable = present.filter((node) => node.roles.includes('master') && inside.includes(node.name));
      if (electable.length === 0) {
        throw clusterRefused(
          `no ${to} node in the cluster can be elected master; give at least one of them the role "master" in elasticsearch.yml`,
        );
      }
      const head = {
        id: `quorum-${to}`,
        phase: 'switch' as const,
        summary: `only ${to} nodes vote, and one of them is the elected master`,
      };
      const entry = await applyClusterStep(scope, await votingStep(client, head, outside, inside));
      let lastTerm: number | undefined;
      await untilProven(deps, `the quorum has not moved to the ${to} side`, TURN_SECONDS, async () => {
        // Asked anew each time: the node asked before may be busy with the election.
        const voting = await readVoting((await reachCluster(scope, to)).client);
        // Nodes that lost the master at once may stand against each other: who was elected a moment ago may yield again.
        const settled = voting.term === lastTerm;
        lastTerm = voting.term;
        const wrong = voting.voters.filter((name) => !inside.includes(name));
        return [
          ...(wrong.length > 0 ? [`${wrong.join(', ')} still votes`] : []),
          ...(inside.includes(voting.master) ? [] : [`${voting.master} is still the elected master`]),
          ...(settled ? [] : [`${voting.master} was elected a moment ago`]),
        ];
      });
      return [entry];
    },
  };
}
