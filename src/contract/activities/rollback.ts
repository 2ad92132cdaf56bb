import type { Phase } from '../phases';
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
  /** That old nodes which were stopped are in the cluster again: all see all, green, and only new nodes vote. */
  proveRejoined(): Promise<Proof>;
  /** That all is as it was before: old nodes only, green, settings, apps, and nothing of ours on any host but the hub's record. */
  proveRolledBack(): Promise<Proof>;
}

/** Their kinds and summaries. */
export const ROLLBACK: Catalogue<RollbackActivities> = {
  proveOldNodesServe: ['look', 'prove that old nodes serve'],
  proveRejoined: ['look', 'prove that stopped old nodes are back, green'],
  proveRolledBack: ['look', 'prove that all is as it was'],
};
