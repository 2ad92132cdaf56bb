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
  /** What would make a member found a cluster of its own, or name seeds twice. */
  neverOnMembers: readonly string[];
  /** Settings of this major version that make a cluster which starts as a whole wait for nodes; with others it does not start. */
  waits(major: number): readonly NodeWait[];
  /** The one of them that is written where a file says nothing; undefined where nothing is to be said. */
  anew(major: number): string | undefined;
}

/** A setting by which a cluster that starts as a whole waits for nodes. */
export interface NodeWait {
  key: string;
  /** `expected`: there is no more to wait for; `least`: before that nothing is recovered, however long it takes. */
  kind: 'expected' | 'least';
  counts: keyof NodeCounts;
}

/** How many nodes of a cluster there are of each kind that such a setting may count (`GatewayService`). */
export interface NodeCounts {
  /** That may hold data of any tier. */
  data: number;
  /** That may vote. */
  master: number;
  /** Of one of these kinds, or both. */
  dataOrMaster: number;
}

/** What Elasticsearch versions have in common in how they form a cluster. */
export interface Generation {
  name: string;
  /** Major versions that belong to it. */
  majors: readonly number[];
  discovery: Discovery;
  quorum: Quorum;
}
