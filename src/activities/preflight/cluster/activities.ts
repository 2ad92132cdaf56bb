import type { Client } from '@elastic/elasticsearch';
import type { Activities } from '../../../contract/activities';
import type { ClusterFacts } from '../../../contract/cluster-facts';
import type { Check } from '../../../contract/evidence';
import { readVolume } from '../../../elasticsearch/looks/documents';
import type { NodeAttributes } from '../../../elasticsearch/settings/filters';
import { readNodes, type ClusterNode } from '../../../elasticsearch/looks/nodes';
import { readIndices, readSettings, type IndexInfo } from '../../../elasticsearch/settings/settings';
import { groupShards, readShards, type ShardCopy } from '../../../elasticsearch/shards/table';
import { plannedNodes } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Deps } from '../../deps';
import { clientChecks } from './client-settings';
import { diskChecks, lookAtNewHosts, versionChecks } from './hosts';
import { indexChecks, wantedReplicas } from './indices';
import { jobChecks } from './jobs';
import { askOldNodes, healthCheck, nodeChecks } from './nodes';
import { settingsChecks } from './settings';
import { voterCheck } from './voters';
import { refused } from '../check';

/** The activity that looks at the cluster before anything is changed. Read-only. */
export function createPreflightClusterActivities(deps: Deps): Pick<Activities, 'preflightCluster'> {
  return {
    async preflightCluster() {
      const scope = await deps.scope();
      const { plan } = scope;
      const asked = await askOldNodes(scope);
      const [host] = plan.hosts.old.map((one) => one.name).filter((name) => asked.views.has(name));
      // Without a node of the planned cluster there is nothing further to be had that means something.
      if (asked.checks.length > 0 || host === undefined) return { facts: unknownFacts(plan), checks: asked.checks };
      const client = scope.cluster.via(host);
      const health = await healthCheck(deps, client);
      const nodes = await readNodes(client);
      const [indices, table, settings] = await Promise.all([
        readIndices(client),
        readShards(client),
        readSettings(client),
      ]);
      deps.heartbeat();
      const fresh = newNodeAttributes(plan);
      const need = needed(plan, indices, table);
      const hosts = await lookAtNewHosts(scope);
      const version = nodes[0]?.version ?? 'unknown';
      const checks = [
        health,
        ...nodeChecks(plan, nodes),
        voterCheck(plan, nodes),
        ...settingsChecks(plan, settings, fresh, need.copies),
        ...indexChecks(plan, indices, table, fresh),
        ...hosts.checks,
        ...versionChecks(hosts.seen, version),
        ...(hosts.checks.length === 0 ? diskChecks(hosts.seen, settings, need.bytes, need.largest) : []),
        ...(await clientChecks(scope, client)),
        ...(await jobs(client)),
      ];
      return { facts: await factsOf(plan, client, nodes, indices, table), checks };
    },
  };
}

async function jobs(client: Client): Promise<Check[]> {
  try {
    return await jobChecks(client);
  } catch (error) {
    return [refused('jobs', '', `what is under way could not be seen: ${(error as Error).message}`, 'try again')];
  }
}

/** What allocation filters will see of each new node. */
export function newNodeAttributes(plan: Plan): NodeAttributes[] {
  const given = Object.entries(plan.elasticsearch.newNodeSettings).flatMap(([key, value]) =>
    key.startsWith('node.attr.') ? [[key.slice('node.attr.'.length), String(value)] as const] : [],
  );
  return plannedNodes(plan)
    .filter((node) => node.side === 'new')
    .map(({ nodeName, address }) => ({
      ...Object.fromEntries(given),
      _name: nodeName,
      _ip: address,
      _publish_ip: address,
      _host_ip: address,
      _host: address,
    }));
}

/** What the new nodes have to take: copies, their bytes, and the largest one. Pure. */
export function needed(
  plan: Plan,
  indices: IndexInfo[],
  table: ShardCopy[],
): { copies: number; bytes: number; largest: number } {
  const sum = { copies: 0, bytes: 0, largest: 0 };
  for (const group of groupShards(table)) {
    const index = indices.find((one) => one.name === group.index);
    const copies = index ? 1 + wantedReplicas(plan, index) : group.copies.length;
    const bytes = Math.max(...group.copies.map((copy) => copy.bytes));
    sum.copies += copies;
    sum.bytes += copies * bytes;
    sum.largest = Math.max(sum.largest, bytes);
  }
  return sum;
}

async function factsOf(
  plan: Plan,
  client: Client,
  nodes: ClusterNode[],
  indices: IndexInfo[],
  table: ShardCopy[],
): Promise<ClusterFacts> {
  const facts = {
    ...unknownFacts(plan),
    version: nodes[0]?.version ?? 'unknown',
    nodes: nodes.length,
    indices: indices.length,
    shards: table.length,
  };
  const { documents, primaryBytes, totalBytes } = await readVolume(client);
  return { ...facts, documents, primaryBytes, totalBytes };
}

function unknownFacts(plan: Plan): ClusterFacts {
  return {
    clusterName: plan.elasticsearch.clusterName,
    version: 'unknown',
    nodes: 0,
    indices: 0,
    shards: 0,
    documents: 0,
    primaryBytes: 0,
    totalBytes: 0,
  };
}
