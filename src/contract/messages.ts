import type { BridgeFacts } from './activities';
import type { AuditEntry, Said } from './audit';
import type { PhaseRecord } from './phases';
import type { ClusterFacts } from './cluster-facts';
import type { Evidence } from './evidence';
import type { GateName, Phase } from './phases';
import type { MoveProgress } from './progress';
import type { Trying } from './trying';

/** Argument of the signal and update `approve`. */
export interface Approve {
  gate: string;
  token: string;
  by: string;
  note?: string;
  /** ISO 8601 time at which it was sent: its age counts from there, and without it from its arrival. */
  at?: string;
}

/** Argument of the signal and update `reject`. */
export interface Reject {
  gate: string;
  token: string;
  by: string;
  reason: string;
}

/** A gate that waits for a person. */
export interface OpenGate {
  gate: GateName;
  token: string;
  evidence: Evidence;
  openedAt: string;
  /** Approvals so far and how many are needed. */
  approvals: string[];
  approvalsNeeded: number;
  /** The exact command to copy. */
  command: string;
}

/** That a person holds a run; each person's is a hold of its own. */
export interface Hold {
  by: string;
  reason?: string;
  /** ISO 8601 time. */
  at?: string;
}

/** Answer of the query `status`. */
export interface Status {
  name: string;
  outcome: 'running' | 'migrated' | 'rolled-back' | 'failed' | 'nothing-left';
  phase: Phase;
  /** What it does or waits for now, one sentence. */
  doing: string;
  paused: boolean;
  /** All who hold it and why, absent while nobody does; it goes on when each of these holds has ended. */
  heldBy?: Hold[];
  /** What the run wants to be told before it goes on or back; `rollback` or `resume` answers it. */
  asks?: string;
  /** Why it can't go on by itself; `resume` tries again. */
  blocked?: string;
  /** What does not work yet and is tried again by itself; absent while all goes well. */
  trying?: Trying[];
  /** Who turned it round, when and why, and how far that is; `stage` is absent until what was under way has ended. */
  rollback?: { by: string; reason: string; at: string; stage?: string; stagesDone: string[]; stagesLeft: string[] };
  /** What may be said to it now: everything else would be refused. */
  possible: Said[];
  /** Host that is being drained. */
  draining?: string;
  drained: string[];
  switchedApps: string[];
  progress?: MoveProgress;
  gate?: OpenGate;
  cluster?: ClusterFacts;
  bridge?: BridgeFacts;
  phases: PhaseRecord[];
  /** Bytes that the run carries along and that the server takes at most; absent below half of these. */
  large?: { bytes: number; most: number };
}

/** Answer of the query `audit`. */
export type Audit = AuditEntry[];
