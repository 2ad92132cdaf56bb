import type { Client } from '@elastic/elasticsearch';
import type { Scope } from '../scope';
import { plannedNodes } from '../../plan/hosts';
import type { ClusterHealth } from './health';
import { readSettledHealth, unrest } from './health';
import { readDisks } from './nodes';
import type { PlacementLimits, PlacementNode } from '../shards/placement';
import { readRecoveries, type Recovery } from '../shards/recovery';
import {
  effective,
  numberSetting,
  readIndices,
  readSettings,
  type ClusterSettings,
  type IndexInfo,
} from '../settings/settings';
import { readShards, type ShardCopy } from '../shards/table';
import { reservedBytes } from '../settings/watermark';

/** Everything that the planner needs to know, taken at one moment. */
export interface Picture {
  table: ShardCopy[];
  nodes: PlacementNode[];
  limits: Omit<PlacementLimits, 'refused'>;
  indices: IndexInfo[];
  settings: ClusterSettings;
  recoveries: Recovery[];
}

/** Takes a picture of the cluster. */
export async function takePicture(scope: Scope, client: Client): Promise<Picture> {
  const [table, disks, indices, settings, recoveries] = await Promise.all([
    readShards(client),
    readDisks(client),
    readIndices(client),
    readSettings(client),
    readRecoveries(client),
  ]);
  const nodes = plannedNodes(scope.plan).flatMap(({ nodeName, side }) => {
    const disk = disks.find((one) => one.node === nodeName);
    if (!disk) return [];
    return [{ name: nodeName, side, freeBytes: disk.freeBytes - reservedBytes(settings, disk.totalBytes) }];
  });
  return { table, nodes, indices, settings, recoveries, limits: limitsOf(scope, indices, settings) };
}

function limitsOf(scope: Scope, indices: IndexInfo[], settings: ClusterSettings): Omit<PlacementLimits, 'refused'> {
  const perIndex = indices.flatMap((index) => {
    const limit = numberSetting(index, TOTAL_SHARDS_PER_NODE);
    return limit !== undefined && limit > 0 ? [[index.name, limit] as const] : [];
  });
  const perCluster = Number(effective(settings, CLUSTER_SHARDS_PER_NODE) ?? -1);
  return {
    movesPerNode: scope.plan.replicate.movesPerNode,
    totalShardsPerNode: Object.fromEntries(perIndex),
    ...(perCluster > 0 && { clusterShardsPerNode: perCluster }),
  };
}

/** How many copies of an index's shards one node may have. */
export const TOTAL_SHARDS_PER_NODE = 'index.routing.allocation.total_shards_per_node';
/** How many copies of any shards one node may have. */
export const CLUSTER_SHARDS_PER_NODE = 'cluster.routing.allocation.total_shards_per_node';

/** Settled health and the shard table, proven to speak of the same cluster. */
export interface Rest {
  health: ClusterHealth;
  table: ShardCopy[];
  /** What is not at rest; empty when all is well. */
  problems: string[];
}

/** Looks whether the cluster is green and nothing moves, and whether the table is complete: a short one proves nothing. */
export async function lookAtRest(client: Client): Promise<Rest> {
  const health = await readSettledHealth(client);
  const table = await readShards(client);
  const counted = table.filter((copy) => copy.state !== 'UNASSIGNED').length;
  const problems = unrest(health);
  if (counted !== health.active_shards) {
    problems.push(`the shard table has ${counted} copies where health counts ${health.active_shards}`);
  }
  return { health, table, problems };
}
