import type { Client } from '@elastic/elasticsearch';
import { readHealth, type ClusterHealth } from './health';
import { readNodes, type ClusterNode } from './nodes';
import { numberSetting, readIndices } from './settings';

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
  /** Copies of each shard, the primary included. */
  copies: number;
}

/**
 * Asks a cluster for what a plan needs; only reads.
 * @throws Error when it does not answer, or not in full
 */
export async function readLiveCluster(client: Client): Promise<LiveCluster> {
  const [health, nodes, indices] = [await readHealth(client), await readNodes(client), await readIndices(client)];
  return {
    clusterName: health.cluster_name,
    status: health.status,
    nodes,
    indices: indices.map((index) => ({
      name: index.name,
      open: index.open,
      copies: 1 + (numberSetting(index, 'index.number_of_replicas') ?? 0),
    })),
  };
}
