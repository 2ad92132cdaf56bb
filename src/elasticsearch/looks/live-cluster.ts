import type { Client } from '@elastic/elasticsearch';
import { readHealth, type ClusterHealth } from './health';
import { readNodes, type ClusterNode } from './nodes';
import { leastReplicas, numberSetting, readIndices } from '../settings/settings';
import { readShards } from '../shards/table';

/** What a live cluster says of itself, as far as a plan needs it. */
export interface LiveCluster {
  clusterName: string;
  status: ClusterHealth['status'];
  nodes: ClusterNode[];
  indices: LiveIndex[];
}

/** An index, and what may keep it from moving. */
export interface LiveIndex {
  name: string;
  open: boolean;
  /** Copies of each shard that need a node each, the primary included; of one that expands by itself the fewest. */
  copies: number;
  /** Copies that are not started: the cluster is not green because of them. */
  missing: number;
}

/**
 * Asks a cluster for what a plan needs; only reads.
 * @throws Error when it does not answer, or not in full
 */
export async function readLiveCluster(client: Client): Promise<LiveCluster> {
  const [health, nodes, indices] = [await readHealth(client), await readNodes(client), await readIndices(client)];
  const missing = (await readShards(client)).filter(({ state }) => state !== 'STARTED' && state !== 'RELOCATING');
  return {
    clusterName: health.cluster_name,
    status: health.status,
    nodes,
    indices: indices.map((index) => ({
      name: index.name,
      open: index.open,
      copies: 1 + (leastReplicas(index) ?? numberSetting(index, 'index.number_of_replicas') ?? 0),
      missing: missing.filter((copy) => copy.index === index.name).length,
    })),
  };
}
