import type { Check } from '../../../contract/evidence';
import { readLocalView, type ClusterNode, type LocalView } from '../../../elasticsearch/looks/nodes';
import type { NodeSettings } from '../../../elasticsearch/settings/node-settings';
import { plannedNodes } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Scope } from '../../../elasticsearch/scope';
import { judged, passed, refused } from '../check';
import { unanswered } from './answers';
import { compareVersions } from './hosts';

/** Oldest version that the client library speaks to. */
const OLDEST = '7.17.0';
/** First version that it does not speak to. */
const TOO_NEW = '10.0.0';

/** Asks each old node for itself, and finds out whether it is the planned cluster. */
export async function askOldNodes(scope: Scope): Promise<{ checks: Check[]; views: Map<string, LocalView> }> {
  const { clusterName } = scope.plan.elasticsearch;
  const views = new Map<string, LocalView>();
  const checks: Check[] = [];
  for (const { name: host } of scope.plan.hosts.old) {
    try {
      const view = await readLocalView(scope.cluster.via(host), 15_000);
      views.set(host, view);
      if (view.clusterName !== clusterName) {
        const remedy = 'correct elasticsearch.clusterName in the plan, or the host';
        const seen = `its cluster is named "${view.clusterName}", and the plan says "${clusterName}"`;
        checks.push(refused('cluster-name', host, seen, remedy));
      } else if (view.master === undefined) {
        const remedy = 'look at its log; repair the cluster first';
        checks.push(refused('cluster-master', host, 'it knows no elected master', remedy));
      }
    } catch (error) {
      checks.push(unanswered(scope.plan, host, error));
    }
  }
  const uuids = new Set([...views.values()].map((view) => view.clusterUuid));
  if (uuids.size > 1) {
    const seen = 'the old hosts are not in one cluster, although they may have the same name';
    checks.push(refused('one-cluster', '', seen, 'correct hosts.old in the plan, or repair the cluster'));
  }
  return { checks, views };
}

/** Versions, and that the nodes are exactly the planned old ones at their planned addresses. Pure. */
export function nodeChecks(plan: Plan, nodes: ClusterNode[]): Check[] {
  const { httpPort, transportPort } = plan.elasticsearch;
  const planned = plannedNodes(plan);
  const found: Check[] = [];
  for (const { host, nodeName, address, side } of planned) {
    const node = nodes.find((one) => one.name === nodeName);
    if (side === 'new') {
      if (!node) continue;
      const remedy = 'end the earlier run by its rollback, or stop this node, before a new run';
      found.push(refused('nodes', host, `node "${nodeName}" is in the cluster already`, remedy));
      continue;
    }
    if (!node) {
      const remedy = 'correct hosts.old (name, nodeName) in the plan, or start the node';
      found.push(refused('nodes', host, `no node named "${nodeName}" is in the cluster`, remedy));
      continue;
    }
    for (const [what, seen, port] of [
      ['transport', node.transport, transportPort],
      ['http', node.http, httpPort],
    ] as const) {
      if (seen === `${address}:${port}`) continue;
      const text = `node "${nodeName}" publishes ${seen} for ${what}, and the plan says ${address}:${port}`;
      found.push(refused('nodes', host, text, 'correct the address or port in the plan: redirects are made for it'));
    }
  }
  const strangers = nodes.filter((node) => !planned.some((one) => one.nodeName === node.name));
  for (const { name, transport } of strangers) {
    const remedy = 'add it to hosts.old, or take it out of the cluster: every node must be seen by every other';
    found.push(refused('nodes', name, `a node at ${transport} is in the cluster and not in the plan`, remedy));
  }
  return [...judged('nodes', found, `${nodes.length} nodes, exactly those of the plan`), ...versions(nodes)];
}

/** A node that was started to be alone lets no other join, whatever its file says now. Pure. @param told settings of the running nodes */
export function aloneChecks(plan: Plan, told: NodeSettings[]): Check[] {
  const alone = told.filter(({ settings }) => settings['discovery.type'] === 'single-node');
  const found = alone.map(({ name }) => {
    const { host = name, address = 'its own address' } = plannedNodes(plan).find((one) => one.nodeName === name) ?? {};
    const seen = `node "${name}" runs with discovery.type: single-node, and refuses every node that wants to join`;
    const remedy = `in ${plan.elasticsearch.configFile} of ${host} put \`discovery.seed_hosts: ["${address}"]\` in its place (its data stays), and restart it when its apps can do without it`;
    return refused('discovery-type', host, seen, remedy);
  });
  return judged('discovery-type', found, 'every old node lets others join');
}

function versions(nodes: ClusterNode[]): Check[] {
  const all = [...new Set(nodes.map((node) => node.version))];
  const [version = 'unknown'] = all;
  if (all.length > 1) {
    const seen = `the nodes have different versions: ${all.join(', ')}`;
    return [refused('version', '', seen, 'finish the upgrade first: shards never move to an older node')];
  }
  if (compareVersions(version, OLDEST) < 0 || compareVersions(version, TOO_NEW) >= 0) {
    const seen = `Elasticsearch ${version}; bigswitch moves 7.17, 8.x and 9.x`;
    return [refused('version', '', seen, 'upgrade the cluster to 7.17 first (or use a release for 10)')];
  }
  return [passed('version', `Elasticsearch ${version} on every node`)];
}
