import type { Check } from '../../../contract/evidence';
import { readSettledHealth, unrest } from '../../../elasticsearch/looks/health';
import { readLocalView, type ClusterNode, type LocalView } from '../../../elasticsearch/looks/nodes';
import type { Client } from '@elastic/elasticsearch';
import { plannedNodes } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Deps } from '../../deps';
import type { Scope } from '../../../elasticsearch/scope';
import { judged, passed, refused } from '../check';
import { compareVersions } from './hosts';

/** Oldest version that the client library speaks to. */
const OLDEST = '7.17.0';
/** First version that it does not speak to. */
const TOO_NEW = '9.0.0';
/** Looks at the health before it counts as bad, and milliseconds between them: a new index is yellow for a moment. */
const LOOKS = 5;
const LOOK_EVERY_MS = 2_000;

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
      const remedy = `make sure that Elasticsearch runs on ${host} and answers at the plan's address and httpPort`;
      checks.push(refused('cluster-answers', host, (error as Error).message, remedy));
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

function versions(nodes: ClusterNode[]): Check[] {
  const all = [...new Set(nodes.map((node) => node.version))];
  const [version = 'unknown'] = all;
  if (all.length > 1) {
    const seen = `the nodes have different versions: ${all.join(', ')}`;
    return [refused('version', '', seen, 'finish the upgrade first: shards never move to an older node')];
  }
  if (compareVersions(version, OLDEST) < 0 || compareVersions(version, TOO_NEW) >= 0) {
    const seen = `Elasticsearch ${version}; bigswitch moves 7.17 and 8.x`;
    return [refused('version', '', seen, 'upgrade the cluster to 7.17 first (or use a release for 9)')];
  }
  return [passed('version', `Elasticsearch ${version} on every node`)];
}

/** Whether the cluster is green and at rest, looked at a few times. */
export async function healthCheck(deps: Deps, client: Client): Promise<Check> {
  let seen = '';
  for (let look = 1; look <= LOOKS; look += 1) {
    try {
      const health = await readSettledHealth(client);
      const problems = unrest(health);
      if (problems.length === 0) return passed('health', `green, ${health.active_shards} shard copies at rest`);
      seen = problems.join(', ');
    } catch (error) {
      seen = (error as Error).message;
    }
    if (look < LOOKS) await deps.sleep(LOOK_EVERY_MS);
  }
  return refused(
    'health',
    '',
    seen,
    'make the cluster green first (GET _cluster/allocation/explain says what is missing)',
  );
}
