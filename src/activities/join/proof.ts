import { readSettledHealth, unrest } from '../../elasticsearch/looks/health';
import { readLocalView, readNodes } from '../../elasticsearch/looks/nodes';
import { reachSide } from '../../elasticsearch/looks/reach';
import { readVoting } from '../../elasticsearch/quorum';
import { plannedNodes } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';
import { onEvery } from '../every';

/** What keeps old and new nodes from being one cluster at rest, seen from every node of both sides. */
export async function membershipProblems(scope: Scope): Promise<string[]> {
  const { plan } = scope;
  const { httpPort, transportPort } = plan.elasticsearch;
  const nodes = plannedNodes(plan);
  const problems: string[] = [];
  const uuids = new Set<string>();
  const look = async ({ host }: { host: string }) => {
    const view = await readLocalView(scope.cluster.via(host));
    uuids.add(view.clusterUuid);
    for (const { nodeName, address } of nodes) {
      const seen = view.nodes[nodeName];
      if (seen === undefined) problems.push(`${host} does not see ${nodeName}`);
      else if (seen !== `${address}:${transportPort}`) {
        problems.push(`${host} sees ${nodeName} at ${seen} and not at ${address}:${transportPort}`);
      }
    }
    const strangers = Object.keys(view.nodes).filter((name) => !nodes.some((node) => node.nodeName === name));
    if (strangers.length > 0) problems.push(`${host} sees nodes that are not in the plan: ${strangers.join(', ')}`);
  };
  await onEvery(nodes, look);
  if (uuids.size !== 1) problems.push('the nodes are not all in one cluster');

  const { client } = await reachSide(scope, 'new');
  for (const node of await readNodes(client)) {
    const planned = nodes.find((one) => one.nodeName === node.name);
    if (planned && node.http !== `${planned.address}:${httpPort}`) {
      problems.push(`${node.name} publishes ${node.http} and not ${planned.address}:${httpPort}`);
    }
  }
  problems.push(...unrest(await readSettledHealth(client)));
  return problems;
}

/** Nodes that vote, or the elected master, where they are not old ones. */
export async function quorumProblems(scope: Scope): Promise<string[]> {
  const { client } = await reachSide(scope, 'new');
  const voting = await readVoting(client);
  const inside = plannedNodes(scope.plan).flatMap((node) => (node.side === 'old' ? [node.nodeName] : []));
  const foreign = voting.voters.filter((name) => !inside.includes(name));
  return [
    ...(foreign.length > 0 ? [`nodes vote that are not old ones: ${foreign.join(', ')}`] : []),
    ...(inside.includes(voting.master) ? [] : [`the elected master ${voting.master} is not one of the old nodes`]),
  ];
}
