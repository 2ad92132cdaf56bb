import type { Client } from '@elastic/elasticsearch';
import { isOurCluster } from '../../elasticsearch/settings/before';
import { readLocalView, readNodes, type LocalView } from '../../elasticsearch/looks/nodes';
import { reachSide } from '../../elasticsearch/looks/reach';
import { problemsOf } from '../../elasticsearch/proof';
import { readVoting } from '../../elasticsearch/quorum';
import type { Scope } from '../../elasticsearch/scope';
import { plannedNode, plannedNodes } from '../../plan/hosts';
import { onEvery } from '../every';
import { backAgain } from '../teardown/traces';

/** What each old node says of itself: undefined when it serves as a member of the cluster. */
export async function oldNodesNow(scope: Scope): Promise<{ host: string; problem?: string }[]> {
  return onEvery(scope.plan.hosts.old, async ({ name: host }) => {
    const [problem] = await problemsOf(async () => {
      const view = await readLocalView(scope.cluster.via(host));
      if (view.master === undefined) return ['knows no elected master'];
      // A hub that is away must not keep the apps from going back.
      const ours = await isOurCluster(scope, view.clusterUuid).catch(() => true);
      return ours ? [] : ['belongs to another cluster'];
    });
    return { host, ...(problem !== undefined && { problem: `${host}: ${problem}` }) };
  });
}

/**
 * What keeps these old nodes from being members again, each asked itself: the same cluster with an elected master, every node
 * that its members see, and no vote on the old side. A new node that is lost is none of that.
 */
export async function rejoinProblems(scope: Scope, hosts: string[]): Promise<string[]> {
  const { client, view: known } = await reachSide(scope, 'new');
  const { httpPort, transportPort } = scope.plan.elasticsearch;
  const present = await readNodes(client);
  const members = present.map(({ name }) => name);
  const planned = plannedNodes(scope.plan).filter(({ nodeName }) => members.includes(nodeName));
  const at = new Map(planned.map(({ nodeName, address }) => [nodeName, `${address}:${transportPort}`]));
  const strange = present.filter(({ name, http }) =>
    planned.some(({ nodeName, address }) => nodeName === name && http !== `${address}:${httpPort}`),
  );
  const missing = hosts.map((host) => plannedNode(scope.plan, host).nodeName).filter((name) => !members.includes(name));
  const ofHosts = await onEvery(hosts, async (host) => {
    const found = await problemsOf(async () => apart(await readLocalView(scope.cluster.via(host)), known, at));
    return found.map((problem) => `${host} ${problem}`);
  });
  return [
    ...strange.map(({ name, http }) => `${name} publishes ${http}, which is not its address`),
    ...missing.map((name) => `${name} is not in the cluster`),
    ...ofHosts.flat(),
    ...(await oldVotes(scope, client)),
  ];
}

async function oldVotes(scope: Scope, client: Client): Promise<string[]> {
  const { voters, master } = await readVoting(client);
  const old = plannedNodes(scope.plan).flatMap(({ side, nodeName }) => (side === 'old' ? [nodeName] : []));
  return [
    ...voters.filter((name) => old.includes(name)).map((name) => `${name} votes`),
    ...(old.includes(master) ? [`${master} is the elected master`] : []),
  ];
}

function apart(view: LocalView, known: LocalView, at: Map<string, string>): string[] {
  if (view.clusterUuid !== known.clusterUuid) return ['is in another cluster'];
  if (view.master === undefined) return ['knows no elected master'];
  return [...at]
    .filter(([name, address]) => view.nodes[name] !== address)
    .map(([name]) => `does not see ${name} at its address`);
}

/**
 * Nodes on these hosts that are in the cluster, as the other side sees it; with what to do.
 * @param lost names of nodes that went with hosts that were given up
 */
export async function stillMembers(scope: Scope, hosts: string[], lost: readonly string[] = []): Promise<string[]> {
  const nodes = plannedNodes(scope.plan).filter(({ host }) => hosts.includes(host));
  const { client } = await reachSide(scope, nodes.some(({ side }) => side === 'old') ? 'new' : 'old');
  const members = (await readNodes(client)).map(({ name }) => name);
  const still = nodes
    .filter(({ nodeName }) => members.includes(nodeName))
    .map(
      ({ nodeName, host }) => `${nodeName} is still in the cluster: stop Elasticsearch on ${host}, it holds no data`,
    );
  return [...still, ...backAgain(members, lost)];
}
