import type { Phase } from '../phases';
import type { MoveProgress } from '../progress';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';

/** One stage of a rollback as it went. */
export interface RollbackStage {
  /** One sentence of what it put right. */
  what: string;
  /** ISO 8601 times. */
  startedAt: string;
  endedAt: string;
}

/** The way back, for the report. */
export interface RollbackRecord {
  by: string;
  reason: string;
  /** ISO 8601 time at which the run was turned round. */
  at: string;
  /** Phase that the run had reached. */
  from: Phase;
  /** In the order in which they were done. */
  stages: RollbackStage[];
}

/** Proofs of the way back. */
export interface RollbackActivities {
  /** That apps have somewhere to go back to: old nodes answer as members of a cluster with an elected master. */
  proveOldNodesServe(): Promise<Proof>;
  /** That each of these apps reaches an old node that serves and is named in the file that it gets back, asked from its host. */
  proveAppsCanReturn(input: { hosts: string[] }): Promise<Proof>;
  /** That the old nodes can take all copies of all shards: enough nodes, room below the watermark, limits. */
  proveRoomAtHome(): Promise<Proof>;
  /** That these old nodes, which were stopped, are in the cluster again, and that no old node votes; default: all of them. */
  proveRejoined(input?: { hosts?: string[] }): Promise<Proof>;
  /** That nobody but the cluster is connected to front or node of a new host, without the addresses of those to `cutOff`. */
  proveNewSideUnused(input: { host: string; cutOff?: string[] }): Promise<Proof>;
  /** That the nodes on these hosts, and nodes `lost` with hosts given up, are not in the cluster, asked of the other side. */
  proveGone(input: { hosts: string[]; lost?: string[] }): Promise<Proof>;
  /** Waits for a while until the indices of the plan have every copy again; returns like `replicate`. */
  awaitCopies(input: { since?: MoveProgress }): Promise<MoveProgress>;
  /**
   * That all is as it was before: old nodes only, green, settings, apps, and nothing of ours on any host but the hub's record.
   * How the apps are that were never `switched` is told, and proves nothing; default: all were. Nodes `lost` with hosts that
   * were given up are not in the cluster.
   */
  proveRolledBack(input?: { switched?: string[]; lost?: string[] }): Promise<Proof>;
}

/** Their kinds and summaries. */
export const ROLLBACK: Catalogue<RollbackActivities> = {
  proveOldNodesServe: ['look', 'prove that old nodes serve'],
  proveAppsCanReturn: ['look', 'prove that the apps reach old nodes'],
  proveRoomAtHome: ['look', 'prove that the old nodes have room for all data'],
  proveRejoined: ['look', 'prove that stopped old nodes are back'],
  proveNewSideUnused: ['look', ({ host }) => `prove that nobody is connected to ${host}`],
  proveGone: ['look', ({ hosts }) => `prove that ${hosts.join(', ')} left the cluster`],
  awaitCopies: ['move', 'rollback: wait until copies that the plan took away are built anew'],
  proveRolledBack: ['look', 'prove that all is as it was'],
};
