import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../../client/ask';
import type { ClusterNode } from '../../looks/nodes';
import type { Quorum, Voting } from '../generation';

const votingSchema = z.object({
  cluster_name: z.string(),
  master_node: z.string(),
  metadata: z.object({
    cluster_uuid: z.string(),
    cluster_coordination: z.object({
      term: z.number(),
      last_committed_config: z.array(z.string()),
      last_accepted_config: z.array(z.string()),
      voting_config_exclusions: z.array(z.object({ node_id: z.string(), node_name: z.string() })).default([]),
    }),
  }),
});

/**
 * The voting configuration, with names.
 * @throws Error while no master is elected, or while two configurations are in force at once
 */
async function read(client: Client, nodes: ClusterNode[]): Promise<Voting> {
  const state = await askCluster(client, votingSchema, {
    path: '/_cluster/state/metadata,master_node',
    query: { filter_path: 'cluster_name,master_node,metadata.cluster_uuid,metadata.cluster_coordination' },
  });
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.name ?? id;
  const { cluster_uuid, cluster_coordination: coordination } = state.metadata;
  const voters = coordination.last_committed_config;
  if (voters.length === 0 || [...voters].sort().join() !== [...coordination.last_accepted_config].sort().join()) {
    throw new Error('the voting configuration is being changed');
  }
  return {
    clusterUuid: cluster_uuid,
    master: nameOf(state.master_node),
    term: coordination.term,
    voters: voters.map(nameOf).sort(),
    gone: voters.filter((id) => nodes.every((node) => node.id !== id)).sort(),
    excluded: [...new Set(coordination.voting_config_exclusions.map((one) => one.node_name))].sort(),
    eligible: nodes.filter((node) => node.roles.includes('master')).map((node) => node.name),
  };
}

/** Names that are kept out of the voting configuration; also while a change of it is under way. */
async function keptOut(client: Client): Promise<string[]> {
  const state = await askCluster(client, votingSchema.omit({ master_node: true }), {
    path: '/_cluster/state/metadata',
    query: { filter_path: 'cluster_name,metadata.cluster_uuid,metadata.cluster_coordination' },
  });
  const names = state.metadata.cluster_coordination.voting_config_exclusions.map((one) => one.node_name);
  return [...new Set(names)].sort();
}

/**
 * Elasticsearch lists a name that is not in the cluster, and passes over a node that is there and can't be elected, without a word
 * (`AddVotingConfigExclusionsRequest.resolveVotingConfigExclusions`).
 */
function listed(nodes: ClusterNode[], names: string[]): string[] {
  return names.filter((name) => nodes.every((node) => node.name !== name || node.roles.includes('master')));
}

/** Seconds for which the cluster may take to move the votes. */
const TURN_SECONDS = 20;

/** Keeps nodes out of the voting configuration by name, whether they are in the cluster yet or not. */
async function keepOut(client: Client, names: string[]): Promise<void> {
  if (names.length === 0) return;
  await askCluster(client, z.unknown(), {
    method: 'POST',
    path: '/_cluster/voting_config_exclusions',
    query: { node_names: names.join(','), timeout: `${TURN_SECONDS}s` },
  });
}

/** Ends all exclusions at once: the API knows no other way. */
async function letAllIn(client: Client): Promise<void> {
  await askCluster(client, z.unknown(), {
    method: 'DELETE',
    path: '/_cluster/voting_config_exclusions',
    query: { wait_for_removal: false },
  });
}

/** Nodes vote by a configuration that the cluster keeps by itself, and are kept out of it by name. */
export const quorum: Quorum = { read, keptOut, listed, keepOut, letAllIn };
