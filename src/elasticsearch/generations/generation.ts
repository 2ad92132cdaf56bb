import type { Client } from '@elastic/elasticsearch';
import type { ClusterNode } from '../looks/nodes';

/** Who votes on the elected master. */
export interface Voting {
  clusterUuid: string;
  /** Name of the elected master. */
  master: string;
  /** Number of the election that it won; each election has a higher one. */
  term: number;
  /** Names of the nodes whose majority decides; an id where the node is not in the cluster. */
  voters: string[];
  /** Ids of those of them that are no node of the cluster. */
  gone: string[];
  /** Names of the nodes that are kept out of the voting configuration. */
  excluded: string[];
  /** Names of the nodes in the cluster that could vote. */
  eligible: string[];
}

/** How the nodes of a generation decide who is the elected master, and how some are kept from deciding. */
export interface Quorum {
  /**
   * Who votes, with names.
   * @param nodes all nodes of the cluster, as it shows them now
   * @throws Error while no master is elected, or while two configurations are in force at once
   */
  read(client: Client, nodes: ClusterNode[]): Promise<Voting>;
  /** Names that are kept from voting; also while a change of that is under way. */
  keptOut(client: Client): Promise<string[]>;
  /**
   * Of these names those that {@link keptOut} tells once they are kept out: the cluster may pass over nodes that could not vote
   * anyway.
   * @param nodes all nodes of the cluster
   */
  listed(nodes: ClusterNode[], names: string[]): string[];
  /** Keeps nodes from voting by name, whether they are in the cluster yet or not. */
  keepOut(client: Client, names: string[]): Promise<void>;
  /** Lets all of them vote again. */
  letAllIn(client: Client): Promise<void>;
}

/** How the nodes of a generation find each other: the settings of elasticsearch.yml that say so. */
export interface Discovery {
  /** Where a node that starts asks for the cluster. */
  seeds: string;
  /** How many data nodes a cluster that starts as a whole waits for; the last one is the name that is written anew. */
  expected: readonly string[];
  /** How many nodes must be there before it recovers at all. */
  recoverAfter: readonly string[];
  /** What would make a member found a cluster of its own, or name seeds twice. */
  neverOnMembers: readonly string[];
  /** Whether nodes of this major version know `expected` and `recoverAfter`. */
  waitsForNodes(major: number): boolean;
}

/** What Elasticsearch versions have in common in how they form a cluster. */
export interface Generation {
  name: string;
  /** Major versions that belong to it. */
  majors: readonly number[];
  discovery: Discovery;
  quorum: Quorum;
}
