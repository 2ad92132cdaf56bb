import type { Client } from '@elastic/elasticsearch';
import type { Activities } from '../../../contract/activities';
import type { ClusterFacts } from '../../../contract/cluster-facts';
import type { Check } from '../../../contract/evidence';
import { readPlugins } from '../../../elasticsearch/looks/plugins';
import { readVolume } from '../../../elasticsearch/looks/documents';
import { readNodes, type ClusterNode } from '../../../elasticsearch/looks/nodes';
import { readNodeSettings, type NodeSettings } from '../../../elasticsearch/settings/node-settings';
import {
  readIndices,
  readSettings,
  type ClusterSettings,
  type IndexInfo,
} from '../../../elasticsearch/settings/settings';
import { readShards, type ShardCopy } from '../../../elasticsearch/shards/table';
import type { Plan } from '../../../plan/schema';
import type { Scope } from '../../../elasticsearch/scope';
import type { Deps } from '../../deps';
import { awarenessChecks } from './awareness';
import { clientSettingsChecks } from './client-settings';
import { configFileChecks } from './config-files';
import { lookAtConfigFolders } from './config-folder';
import { keystoreChecks } from './keystore';
import { lookAtKeystores } from './keystore-list';
import { healthChecks } from './health';
import { lookAtNewHosts, versionChecks, type NewHost } from './hosts';
import { indexChecks } from './indices';
import { jobChecks } from './jobs';
import { dataNodes, needsOf, roomChecks } from './needs';
import { newKinds, oldKinds, type Sides } from './node-kinds';
import { lookAtNodeCertificates } from './node-certificate-files';
import { nodeSettingsChecks } from './node-settings';
import { outsideChecks } from './outside';
import { pluginChecks } from './plugins';
import { aloneChecks, askOldNodes, nodeChecks } from './nodes';
import { rightsChecks } from './rights';
import { roleChecks } from './roles';
import { settingsChecks } from './settings';
import { tomorrowChecks } from './tomorrow';
import { goneVoterChecks, voterCheck } from './voters';
import { zoneRoomChecks } from './zone-room';
import { looked, refused } from '../check';
import { reportFolderCheck } from '../report-folder';

/** What of the cluster itself is looked at. */
interface Cluster {
  indices: IndexInfo[];
  table: ShardCopy[];
  settings: ClusterSettings;
}

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
      const health = await healthChecks(deps, client);
      const nodes = await readNodes(client);
      const [indices, table, settings] = await Promise.all([
        readIndices(client),
        readShards(client),
        readSettings(client),
      ]);
      deps.heartbeat();
      const version = nodes[0]?.version ?? 'unknown';
      const hosts = await lookAtNewHosts(scope);
      const told = await toldChecks(client);
      const own = newKinds(plan, hosts.seen, version);
      const sides = { old: oldKinds(plan, nodes, told.settings), fresh: own.kinds };
      const unseen = [...hosts.checks, ...told.checks, ...own.checks];
      // Of a side that is not known as a whole nothing can be said, and it is refused already.
      const isKnown = sides.fresh.length === plan.hosts.new.length && told.checks.length === 0;
      const checks = [
        await reportFolderCheck(plan),
        ...health,
        ...nodeChecks(plan, nodes),
        ...unseen,
        ...aloneChecks(plan, told.settings),
        ...versionChecks(hosts.seen, version),
        ...(await looked('plugins', 'what is installed', () => plugins(client, hosts.seen, version))),
        ...(await configFiles(scope)),
        ...(await keystores(scope)),
        ...(await lookAtNodeCertificates(scope, deps)),
        ...(isKnown ? sideChecks(plan, sides, hosts.seen, { indices, table, settings }) : []),
        ...(isKnown ? await looked('templates', 'what is made tomorrow', () => tomorrowChecks(client, sides)) : []),
        ...(isKnown ? await outsideChecks(plan, client, settings, sides, hosts.seen) : []),
        ...(await looked('gone-voters', 'who votes', () => goneVoterChecks(client))),
        ...(await looked('jobs', 'what is under way', () => jobChecks(client))),
        ...(await looked('rights', 'what the plan’s user may do', () => rightsChecks(plan, client))),
      ];
      return { facts: await factsOf(plan, client, nodes, indices, table), checks };
    },
  };
}

/** Everything that has to be known of both sides. Pure. */
function sideChecks(plan: Plan, sides: Sides, seen: NewHost[], { indices, table, settings }: Cluster): Check[] {
  const needs = needsOf(plan, indices, table, sides);
  return [
    voterCheck(sides),
    ...roleChecks(sides, indices),
    ...settingsChecks(settings, dataNodes(sides.fresh), needs[0]?.copies ?? 0),
    ...awarenessChecks(plan, settings, indices, sides),
    ...indexChecks(plan, indices, table, sides),
    ...roomChecks(seen, settings, needs),
    ...zoneRoomChecks(plan, { indices, table, settings }, sides, seen),
    ...clientSettingsChecks(plan, sides),
    ...nodeSettingsChecks(plan, sides, settings),
  ];
}

/** What each old node was told in its own file or at its start. */
async function toldChecks(client: Client): Promise<{ settings: NodeSettings[]; checks: Check[] }> {
  try {
    return { settings: await readNodeSettings(client), checks: [] };
  } catch (error) {
    const seen = `what the old nodes were told could not be seen: ${(error as Error).message}`;
    return { settings: [], checks: [refused('node-settings', '', seen, 'make sure that every node answers')] };
  }
}

async function configFiles(scope: Scope): Promise<Check[]> {
  const { seen, checks } = await lookAtConfigFolders(scope);
  // Against a side of which a host is not known nothing can be said, and it is refused already.
  return checks.length > 0 ? checks : configFileChecks(...bySide(scope, seen));
}

async function keystores(scope: Scope): Promise<Check[]> {
  const { seen, checks } = await lookAtKeystores(scope);
  return checks.length > 0 ? checks : keystoreChecks(...bySide(scope, seen));
}

/** What was seen on the old hosts, and what on the new ones. */
function bySide<T extends { host: string }>({ plan }: Scope, seen: T[]): [T[], T[]] {
  const isOld = ({ host }: T) => plan.hosts.old.some(({ name }) => name === host);
  return [seen.filter(isOld), seen.filter((one) => !isOld(one))];
}

/** A host on which no Elasticsearch was found is refused already. */
async function plugins(client: Client, seen: NewHost[], version: string): Promise<Check[]> {
  const known = seen.filter((host) => host.plugins !== undefined);
  return pluginChecks(await readPlugins(client), known, version);
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
