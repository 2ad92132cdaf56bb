import type { AuditEntry } from '../audit';
import type { ClusterFacts } from '../cluster-facts';
import type { Check, Evidence } from '../evidence';
import type { LedgerEntry, UndoResult } from '../ledger';
import type { GateName, PhaseRecord } from '../phases';
import type { Sample } from '../progress';
import type { Proof } from '../proof';
import type { BridgeFacts } from './bridge';
import type { Catalogue } from './catalogue';
import type { GivenUpRecord } from './give-up';
import type { RollbackRecord } from './rollback';

/** Everything that the workflow knows, for the report. */
export interface ReportInput {
  outcome: 'migrated' | 'rolled-back' | 'failed';
  reason?: string;
  workflowId: string;
  runId: string;
  startedAt: string;
  endedAt: string;
  cluster?: ClusterFacts;
  bridge?: BridgeFacts;
  bridgeBytes?: number;
  phases: PhaseRecord[];
  checks: Check[];
  /** The evidence on which each gate was passed. */
  gates: { gate: GateName; evidence: Evidence; approvedBy: string[]; openedAt: string; passedAt: string }[];
  audit: AuditEntry[];
  ledger: LedgerEntry[];
  undone: UndoResult[];
  samples: Sample[];
  rollback?: RollbackRecord;
  /** Hosts that were given up, by whom and why. */
  givenUp?: GivenUpRecord[];
  /** How many entries of each list were left out for size. */
  leftOut?: { audit?: number; ledger?: number; undone?: number; checks?: number };
  /** The last proof: that nothing of the move is left. */
  proof?: Proof;
}

/** Where the report was written on the worker. */
export interface ReportFiles {
  html: string;
  json: string;
}

/** Phase 9. */
export interface ReportActivities {
  writeReport(input: ReportInput): Promise<ReportFiles>;
}

/** Their kinds and summaries. */
export const REPORT: Catalogue<ReportActivities> = {
  writeReport: ['report', 'write the report'],
};
