import type { BridgeFacts, GivenUpHost, ReportInput, RollbackRecord, RollbackStage } from '../../contract/activities';
import type { AuditEntry } from '../../contract/audit';
import type { ClusterFacts } from '../../contract/cluster-facts';
import type { Check, Evidence } from '../../contract/evidence';
import type { LedgerEntry, UndoResult } from '../../contract/ledger';
import type { KeptRecord } from '../../contract/kept-record';
import type { OpenGate, Status } from '../../contract/messages';
import type { GateName, Phase, PhaseRecord } from '../../contract/phases';
import type { MoveProgress, Sample } from '../../contract/progress';
import type { Proof } from '../../contract/proof';
import type { Trying } from '../../contract/trying';
import type { Held } from './holds';

/** A gate as the run keeps it: what people see, and what approvals are judged by. */
export interface GateState extends OpenGate {
  /** Earlier tokens of this gate, to tell an old token from a wrong one. */
  oldTokens: string[];
  /** Workflow time of the first approval, ms since the epoch; approvals expire from there. */
  approvedAt?: number;
  /** How many hosts had been given up when it was opened. */
  without?: number;
  /** Somebody is about to decide: the evidence is taken anew. */
  looksAgain?: boolean;
  /** Who said no and why; it opens again, with a new token, after `resume`. */
  rejected?: { by: string; reason: string };
}

/** A word that was given and proved, and behind which nothing is recorded yet: its gate is not passed before. */
export interface Word {
  gate: GateName;
  evidence: Evidence;
  approvedBy: string[];
  openedAt: string;
  /** Workflow time of the first approval, ms since the epoch. */
  approvedAt: number;
  /** How often the run had been held when its evidence was taken. */
  holds?: number;
}

/** Everything that a run knows: plain JSON, so that a new run of the same migration can carry it on. */
export interface Data {
  startedAt: string;
  outcome: Status['outcome'];
  phase: Phase;
  doing: string;
  /** Who holds it, each by a hold of their own; see holds.ts. */
  held?: Held[];
  /** How often the run was held or blocked, so that a wait for a person that has ended is known to have been. */
  holds?: number;
  blocked?: string;
  /** What does not work yet and is tried again by itself. */
  trying?: Trying[];
  rollback?: Omit<RollbackRecord, 'stages'> & { cancelled: boolean };
  /** Stage of the rollback that is under way. */
  rollbackStage?: string;
  /** Stages of the rollback that are done. */
  rolledBack: RollbackStage[];
  /** It goes back in the order of an older release. */
  backAsBefore?: boolean;
  /** Hosts that can't be reached on the way back, and why; they are seen to by its last stage. */
  owed?: Record<string, string>;
  /** Addresses that a person lets be cut off from the new side when its fronts go. */
  cutOff?: string[];
  /** The last proof, that nothing of the move is left. */
  proof?: Proof;
  /** What was wanted last, in MiB/s, the how manieth wish that was, which one was asked of the cluster and answered last, and what is in force. */
  throttle: { wanted?: number; wish?: number; asked?: number; answered?: number; applied?: number };
  /** The cluster's settings are being put back, or are: nothing of ours may be set any more. */
  settingsRestored: boolean;
  /** What is known was read from the hosts, after a run that was terminated. */
  surveyed?: boolean;
  /** Whose hosts a person lets a clean-up take over. */
  takesOver?: string[];
  /** Hosts that were given up: they are in the plan no more. */
  givenUp?: GivenUpHost[];
  /** How many entries of each list were left out for size, since the first run. */
  leftOut?: ReportInput['leftOut'];
  /** Hosts that this run has made its own. */
  claimed: string[];
  /** The hub may have the mark of teardown: it was asked for. */
  marking?: boolean;
  /** Teardown's action has begun, here or in a run before. */
  tearingDown?: boolean;
  /** New nodes that were started, or may have been. */
  started: string[];
  switchedApps: string[];
  /** Apps that were pointed at the fronts, or may have been, and are not back; absent in a run of an older release. */
  pointedApps?: string[];
  /**
   * When what the word for the switch was given for was proved last, ms since the epoch, how often the run had been held then, and
   * whether the quorum was to follow since.
   */
  switchProved?: { at: number; holds?: number; quorum?: true };
  /** Apps that are to go back to the old nodes, as one of them did not work on the fronts. */
  returning?: { hosts: string[]; reason: string };
  /** Why apps and quorum are not back on the old side, where they are to be before another word for the switch is asked for. */
  notBack?: string;
  /** Why the next gate is not opened for the first time. */
  reopenedBecause?: string;
  draining?: string;
  /** First run of the child that drains it, while that is waited for. */
  drainRun?: string;
  /** That drain was left off between two runs, with its first change made: nobody need say so again. */
  leftOff?: boolean;
  drained: string[];
  /** Old nodes that were stopped, or may have been: a rollback starts them again. */
  stopped: string[];
  progress?: MoveProgress;
  /** What moves shards until it is done, and how far that is: a new run goes on from there. */
  moving?: { what: string; progress: MoveProgress };
  /** It was said that shards are stuck, and not yet that they move again. */
  stuck?: boolean;
  /** What people were told of and is still so; see src/workflows/notices/notices.ts. */
  told?: string[];
  gate?: GateState;
  word?: Word;
  passed: ReportInput['gates'];
  lastEvidence?: Evidence;
  cluster?: ClusterFacts;
  bridge?: BridgeFacts;
  checks: Check[];
  phases: PhaseRecord[];
  audit: AuditEntry[];
  ledger: LedgerEntry[];
  /** What the hub has recorded of the cluster, as long as it is not put back; see kept.ts. */
  kept?: KeptRecord[];
  undone: UndoResult[];
  samples: Sample[];
}
