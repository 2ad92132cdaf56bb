import type { Activities } from '../../contract/activities';
import { clusterRefused } from '../../elasticsearch/client/ask';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import { readNodes } from '../../elasticsearch/looks/nodes';
import { untilProven } from '../../elasticsearch/proof';
import { reachCluster } from '../../elasticsearch/looks/reach';
import { votingStep } from '../../elasticsearch/ledger/steps';
import { canBeElected } from '../../elasticsearch/settings/roles';
import type { Voting } from '../../elasticsearch/generations';
import { readVoting } from '../../elasticsearch/quorum';
import { plannedNodes } from '../../plan/hosts';
import type { Deps } from '../deps';

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
      const electable = present.filter((node) => inside.includes(node.name) && canBeElected(node.roles));
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
        const problems = notSettled(voting, { inside, outside }, lastTerm);
        lastTerm = voting.term;
        return problems;
      });
      return [entry];
    },
  };
}

/**
 * What is still missing until only nodes of one side decide, in words. Nodes that lost their master at the same moment may
 * stand against each other, so that who was elected just now yields again: an election counts from the second look on.
 * A voter that is neither is one that is gone; its vote may stay for a while, and decides nothing as long as those that are to
 * decide are the majority.
 * @param sides names of the nodes that are to decide, and of those that are not
 * @param lastTerm term at the look before; none at the first
 */
export function notSettled(
  voting: Pick<Voting, 'voters' | 'master' | 'term'>,
  { inside, outside }: { inside: string[]; outside: string[] },
  lastTerm?: number,
): string[] {
  const wrong = voting.voters.filter((name) => outside.includes(name));
  const right = voting.voters.filter((name) => inside.includes(name));
  const few = wrong.length === 0 && 2 * right.length <= voting.voters.length;
  return [
    ...(few ? [`only ${right.length} of ${voting.voters.length} voters are there`] : []),
    ...(wrong.length > 0 ? [`${wrong.join(', ')} still votes`] : []),
    ...(inside.includes(voting.master) ? [] : [`${voting.master} is still the elected master`]),
    ...(voting.term === lastTerm ? [] : [`${voting.master} was elected a moment ago`]),
  ];
}
