import type { Client } from '@elastic/elasticsearch';
import type { Scope } from '../scope';
import { plannedNodes } from '../../plan/hosts';
import type { ClusterHealth } from './health';
import { readSettledHealth, unrest } from './health';
import { readDisks } from './nodes';
import { readTraits } from './traits';
import type { PlacementLimits, PlacementNode } from '../shards/placement';
import { readRecoveries, type Recovery } from '../shards/recovery';
import { Deciders } from '../shards/deciders';
import { awarenessIn } from '../settings/awareness';
import {
  effective,
  numberSetting,
  readIndices,
  readSettings,
  type ClusterSettings,
  type IndexInfo,
} from '../settings/settings';
import { readShards, type ShardCopy } from '../shards/table';
import { youngIndices, type Young } from '../shards/young';
import { reservedBytes } from '../settings/watermark';

/** Everything that the planner needs to know, taken at one moment. */
export interface Picture {
  table: ShardCopy[];
  nodes: PlacementNode[];
  limits: Omit<PlacementLimits, 'refused' | 'aside'>;
  indices: IndexInfo[];
  settings: ClusterSettings;
  recoveries: Recovery[];
}

/** Takes a picture of the cluster. */
export async function takePicture(scope: Scope, client: Client): Promise<Picture> {
  const [table, disks, seen, indices, settings, recoveries] = await Promise.all([
    readShards(client),
    readDisks(client),
    readTraits(client),
    readIndices(client),
    readSettings(client),
    readRecoveries(client),
  ]);
  const nodes = plannedNodes(scope.plan).flatMap(({ nodeName, side }) => {
    const disk = disks.find((one) => one.node === nodeName);
    if (!disk) return [];
    return [{ name: nodeName, side, freeBytes: disk.freeBytes - reservedBytes(settings, disk.totalBytes) }];
  });
  const decided = disks.map(({ node }) => ({ name: node, ...(seen[node] ?? { roles: [], attributes: {} }) }));
  const deciders = new Deciders(awarenessIn(settings), decided, indices);
  return { table, nodes, indices, settings, recoveries, limits: { ...limitsOf(scope, indices, settings), deciders } };
}

function limitsOf(scope: Scope, indices: IndexInfo[], settings: ClusterSettings): Picture['limits'] {
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

/** A look at rest that knows which indices were made a moment ago. */
export interface RestOfGrown extends Rest {
  young: Young;
}

/**
 * Looks whether what is old enough is green and does not move. What young indices account for in the figures is no unrest:
 * on a cluster on which indices come and go there is always one on its way. More than they account for is.
 */
export async function lookAtGrown(client: Client): Promise<RestOfGrown> {
  const { health, table } = await lookAtRest(client);
  // After the table, so that whatever stands in it says when it was made.
  const young = youngIndices(await readIndices(client), Date.now());
  const settled = table.filter((copy) => !(copy.state === 'INITIALIZING' && young.has(copy.index)));
  const problems = [...unrest(withoutYoung(health, table, young)), ...shortTable(health, settled)];
  return { health, table, young, problems };
}

/** The figures without the copies of young indices that are not started. */
function withoutYoung(health: ClusterHealth, table: ShardCopy[], young: Young): ClusterHealth {
  const count = (state: ShardCopy['state']) =>
    table.filter((copy) => copy.state === state && young.has(copy.index)).length;
  const left = (counted: number, state: ShardCopy['state']) => Math.max(0, counted - count(state));
  const initializing = left(health.initializing_shards, 'INITIALIZING');
  const unassigned = left(health.unassigned_shards, 'UNASSIGNED');
  const explained = count('INITIALIZING') + count('UNASSIGNED') > 0 && initializing + unassigned === 0;
  return {
    ...health,
    status: explained ? 'green' : health.status,
    initializing_shards: initializing,
    relocating_shards: left(health.relocating_shards, 'RELOCATING'),
    unassigned_shards: unassigned,
  };
}

/** Looks whether the cluster is green and nothing moves, and whether the table is complete: a short one proves nothing. */
export async function lookAtRest(client: Client): Promise<Rest> {
  const health = await readSettledHealth(client);
  const table = await readShards(client);
  return { health, table, problems: [...unrest(health), ...shortTable(health, table)] };
}

/**
 * Looks whether the cluster is green and every copy is started. That its own balancer moves some is no problem, and neither is
 * what the master has to do for that: on a large cluster it may go on for hours.
 */
export async function lookAtWhole(client: Client): Promise<Rest> {
  const { health, table } = await lookAtRest(client);
  const moves = health.relocating_shards > 0;
  const still = moves ? { ...health, relocating_shards: 0, number_of_pending_tasks: 0 } : health;
  return { health, table, problems: [...unrest(still), ...shortTable(health, table)] };
}

/** How many copies the balancer moves, to follow upon a sentence's words; empty when it moves none. */
export function toldOfBalancer({ relocating_shards: moving }: ClusterHealth): string {
  return moving === 0 ? '' : ` (its balancer moves ${moving} ${moving === 1 ? 'copy' : 'copies'})`;
}

/** Looks at the table, whatever moves: its only problem is that it is not complete. */
export async function lookAtTable(client: Client): Promise<Rest> {
  const health = await readSettledHealth(client);
  const table = await readShards(client);
  const settled = table.filter((copy) => copy.state !== 'INITIALIZING');
  const late = health.timed_out ? ['health timed out'] : [];
  return { health, table, problems: [...late, ...shortTable(health, settled)] };
}

function shortTable({ active_shards: active }: ClusterHealth, table: ShardCopy[]): string[] {
  const counted = table.filter((copy) => copy.state !== 'UNASSIGNED').length;
  return counted === active ? [] : [`the shard table has ${counted} copies where health counts ${active}`];
}
