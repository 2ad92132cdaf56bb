import type { ClusterFacts } from './cluster-facts';
import type { DryRun } from './dry-run';
import type { HostRole } from '../plan/schema';
import type { Check, Evidence } from './evidence';
import type { LedgerEntry, UndoResult } from './ledger';
import type { GateName, Phase } from './phases';
import type { MoveProgress, Sample } from './progress';

/** Names one host of the plan. */
export interface OnHost {
  host: string;
}

/** The bridge after it was proven. */
export interface BridgeFacts {
  clients: number;
  crossPairs: number;
  /** Largest packet in bytes that crosses unfragmented, probed with DF pings. */
  mtu: number;
  /** Measured throughput between two sides, MiB/s. */
  throughputMBps: number;
}

/** Counts of a proof, for summaries and the report. */
export interface Proof {
  /** What was proven, one sentence. */
  proven: string;
  facts: Record<string, number | string>;
}

/** Who decided what, and what a person should know of afterwards; for the report. */
export interface AuditEntry {
  /** ISO 8601 time. */
  at: string;
  kind:
    | ('approve' | 'reject' | 'pause' | 'resume' | 'throttle' | 'rollback')
    | ('gate-opened' | 'gate-passed' | 'expired' | 'stuck' | 'moves-again' | 'notify');
  gate?: string;
  by?: string;
  note?: string;
  accepted: boolean;
  /** Why it was refused, or what it led to. */
  reason?: string;
}

/** One phase as it went. */
export interface PhaseRecord {
  phase: Phase;
  startedAt: string;
  endedAt?: string;
  /** One sentence of what it did. */
  summary?: string;
}

/** What one host has recorded of a migration. */
export interface HostSurvey {
  host: string;
  role: HostRole;
  /** Recorded steps, oldest first. */
  steps: LedgerEntry[];
  /** Who holds the host: name of a migration and id of its workflow. */
  claim?: { migration: string; owner: string };
  /** Whether Elasticsearch runs there; absent where there is none. */
  running?: boolean;
}

/** What hosts and hub know of a migration, without any run of it. */
export interface Survey {
  hosts: HostSurvey[];
  /** Recorded changes of the cluster, oldest first. */
  cluster: LedgerEntry[];
  /** Whether the hub still keeps what the cluster's settings were before join. */
  settingsKept: boolean;
  /** Whether teardown had begun. */
  tearingDown: boolean;
}

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
  /** The last proof: that nothing of the move is left. */
  proof?: Proof;
}

/** What a dry run is told. */
export interface DryRunInput {
  /** Preflight's checks that are not ok, and how many there were of each result. */
  checks: Check[];
  counts: { ok: number; warn: number; failed: number };
  cluster?: ClusterFacts;
  /** MiB/s that the bridge is known to carry. */
  linkMBps?: number;
}

/** Where the report was written on the worker. */
export interface ReportFiles {
  html: string;
  json: string;
}

/**
 * Everything the workflow can ask of the world. Each is idempotent: run twice, it changes nothing the second time.
 * The plan is not passed along: each activity asks its own workflow for it (query `plan`), so that inputs stay
 * small and readable in the UI, with a thousand hosts too.
 *
 * Non-retryable failures are `ApplicationFailure`s with a type from `FAILURES` (src/contract/failures.ts).
 */
export interface Activities {
  // preflight: read-only
  preflightHost(input: OnHost): Promise<Check[]>;
  preflightCluster(): Promise<{ facts: ClusterFacts; checks: Check[] }>;

  // plan: read-only
  /** Goes through the whole migration without changing anything, and tells what it would do. */
  dryRun(input: DryRunInput): Promise<DryRun>;

  /** Makes a host this workflow's own. @throws PreflightFailed that names the migration which holds it */
  claimHost(input: OnHost & { owner: string }): Promise<void>;
  /** Gives up the claim that this workflow has of a host; any other one stays. */
  releaseHost(input: OnHost & { owner: string }): Promise<void>;

  // bridge
  installBridgeHub(): Promise<LedgerEntry[]>;
  installBridgeClient(input: OnHost): Promise<LedgerEntry[]>;
  proveBridge(): Promise<BridgeFacts>;

  // redirect
  installRedirect(input: OnHost): Promise<LedgerEntry[]>;
  proveRedirects(): Promise<Proof>;

  // join
  /** Voting exclusions of the new nodes, rebalancing held; recorded on the hub first. */
  prepareClusterForJoin(input: { throughputMBps: number }): Promise<LedgerEntry[]>;
  configureNewNode(input: OnHost): Promise<LedgerEntry[]>;
  alignOldNode(input: OnHost): Promise<LedgerEntry[]>;
  startNewNode(input: OnHost): Promise<LedgerEntry[]>;
  proveJoin(): Promise<Proof>;

  // replicate
  setThrottle(input: { maxMBps: number }): Promise<LedgerEntry[]>;
  /** Planned index changes (`indices`, temporary replicas); recorded on the hub first. */
  prepareIndices(): Promise<LedgerEntry[]>;
  /**
   * Moves primaries for a while; returns on progress, at the latest after `sampleSeconds`, or when proven done.
   * The goal is the new side, or the old one on the way back.
   */
  replicate(input: { since?: MoveProgress; goal?: 'old' | 'new' }): Promise<MoveProgress>;
  proveReplicated(): Promise<Proof>;

  // front
  installFront(input: OnHost): Promise<LedgerEntry[]>;
  /** From every app host: https and auth work on every front, a wrong password gets 401, plain http still works on old. */
  proveFronts(): Promise<Proof>;

  // gates
  gatherEvidence(input: { gate: GateName }): Promise<Evidence>;

  // switch
  /** Points one app at the fronts, restarts it and waits for its check; on failure puts the old file back and fails with `APP_RETURNED`. */
  switchApp(input: OnHost): Promise<LedgerEntry[]>;
  /** Watches switched apps for the plan's time; fails if a check fails. */
  watchApps(input: { hosts: string[]; seconds: number }): Promise<Proof>;
  /** Turns the voting configuration: `new` after the switch, `old` on the way back. */
  moveQuorum(input: { to: 'old' | 'new' }): Promise<LedgerEntry[]>;
  proveSwitched(): Promise<Proof>;

  // drain
  /** Old hosts in the order in which they are to be drained, elected master last; those already gone are left out. */
  drainOrder(): Promise<string[]>;
  excludeNode(input: OnHost): Promise<LedgerEntry[]>;
  /** Waits for a while until the node holds nothing; re-asserts its exclusion; returns like `replicate`. */
  drain(input: { host: string; since?: MoveProgress }): Promise<MoveProgress>;
  /** Voting exclusion; stops and disables the service after a last proof that the node is empty. */
  stopNode(input: OnHost): Promise<LedgerEntry[]>;
  /** Lowers the expected nodes by one in the file of this host. */
  setExpectedNodes(input: { host: string; expected: number }): Promise<LedgerEntry[]>;
  removeRedirectsFor(input: { host: string; gone: string }): Promise<LedgerEntry[]>;
  proveDrained(input: OnHost): Promise<Proof>;

  // teardown
  /** Notes on the hub that from here on the way is forward only. */
  markTeardown(): Promise<void>;
  pointSeedsAtNew(input: OnHost): Promise<LedgerEntry[]>;
  /**
   * Cluster settings, exclusions and voting exclusions back to the ledger's originals; with `phases`, only what these
   * changed. After a `migrated` cluster the plan's own changes to indices stay.
   */
  restoreCluster(input: { phases?: Phase[]; migrated?: boolean }): Promise<UndoResult>;
  /** Undoes this host's recorded steps of these phases, newest first; without `phases`, all of them. */
  undoHost(input: { host: string; phases?: Phase[] }): Promise<UndoResult>;
  /** Ends the record on a host: what is left there stays for good. */
  forgetHost(input: OnHost): Promise<void>;
  proveTornDown(): Promise<Proof>;

  // clean up
  /** Reads what hosts and hub have recorded, after steps that are under way there have ended. Read-only. */
  surveyHosts(): Promise<Survey>;

  // rollback
  /** That apps have somewhere to go back to: old nodes answer as members of a cluster with an elected master. */
  proveOldNodesServe(): Promise<Proof>;
  /** That old nodes which were stopped are in the cluster again: all see all, green, and only new nodes vote. */
  proveRejoined(): Promise<Proof>;
  /** That all is as it was before: old nodes only, green, settings, apps, and nothing of ours on any host but the hub's record. */
  proveRolledBack(): Promise<Proof>;

  // watching and reporting
  /** Samples until `count` are taken; heartbeats them, so that a crash loses none. */
  observe(input: { count: number }): Promise<Sample[]>;
  writeReport(input: ReportInput): Promise<ReportFiles>;
}
