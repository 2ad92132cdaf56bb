import type { Client } from '@elastic/elasticsearch';
import { readLocalView, readDisks, readNodes, type ClusterNode, type NodeDisk } from '../../elasticsearch/looks/nodes';
import { readTraits } from '../../elasticsearch/looks/traits';
import { readIndices, readSettings, type ClusterSettings, type IndexInfo } from '../../elasticsearch/settings/settings';
import { readShards, type ShardCopy } from '../../elasticsearch/shards/table';
import { readVoting } from '../../elasticsearch/quorum';

/** A cluster as one look saw it, and as the dry run goes on from there. */
export interface ClusterState {
  clusterName: string;
  clusterUuid: string;
  /** Name of the elected master. */
  master: string;
  /** Names of the nodes that vote, and of those that are kept from voting. */
  voters: string[];
  voteless: string[];
  nodes: ClusterNode[];
  /** What filters and awareness see of each node, by name. */
  attributes: Record<string, Record<string, string>>;
  disks: NodeDisk[];
  settings: ClusterSettings;
  indices: IndexInfo[];
  table: ShardCopy[];
}

/**
 * Reads everything that the model of the cluster begins with.
 * @throws Error when the cluster does not answer, or a part of the answer can't be understood
 */
export async function readClusterState(client: Client): Promise<ClusterState> {
  const view = await readLocalView(client);
  const [voting, nodes, traits, disks, settings, indices, table] = await Promise.all([
    readVoting(client),
    readNodes(client),
    readTraits(client),
    readDisks(client),
    readSettings(client),
    readIndices(client),
    readShards(client),
  ]);
  return {
    clusterName: view.clusterName,
    clusterUuid: view.clusterUuid,
    master: voting.master,
    voters: voting.voters,
    voteless: voting.excluded,
    nodes,
    attributes: Object.fromEntries(Object.entries(traits).map(([name, one]) => [name, one.attributes])),
    disks,
    settings,
    indices,
    table,
  };
}
