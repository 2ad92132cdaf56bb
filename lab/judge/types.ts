import type { LabState } from '../types';

/** What the run was meant to end as: it decides what may be found on the hosts afterwards. */
export type Mode = 'migrated' | 'rolled-back';

/**
 * A span of time in which a fault that the lab itself made is the cause of something, from the fault's own log. It is
 * counted apart and shown; everything outside it is judged as always.
 */
export interface Excuse {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** What was done, and why that has this effect by itself. */
  reason: string;
  /** The fault takes nodes out of the cluster, so that it is below green. */
  belowGreen?: boolean;
  /** The fault cuts apps from nodes: addresses of nodes whose requests fail by it; `any` when it stops the whole cluster. */
  requests?: string[] | 'any';
  /** App hosts that the fault stops: what they had begun fails, and they are silent meanwhile. */
  apps?: string[];
}

/** That somebody let the migration pass a gate. */
export interface Word {
  gate: string;
  /** When it was sent, ms since the epoch. */
  at: number;
}

/** Longest times in which one app had no success, ms. */
export interface AppPause {
  steadyMs: number;
  /** Of those in which it was stopped or started. */
  restartMs: number;
}

/** What the judge found. The first block is the contract; the rest helps to find the cause. */
export interface JudgeEvidence {
  /** Requests of all apps from the start mark to the end mark, and those of them that failed. */
  requests: number;
  failedRequests: number;
  /** Longest time in which no app host had a successful request, ms. */
  longestGapMs: number;
  /** Writes that the apps hold as acknowledged. */
  ackedWrites: number;
  /** Acknowledged writes that are not in the final cluster, or not as they were written. */
  lostWrites: number;
  /** Further documents with the `writeId` of another. */
  duplicateWrites: number;
  /** Documents that the lab was loaded with, and those of them that are missing, too many, or not as they were. */
  loadedDocuments: number;
  lostDocuments: number;
  /** Updates that the apps hold as acknowledged, and documents whose last one is not there, nor a later one. */
  ackedUpdates: number;
  lostUpdates: number;
  /** Answered operations on registers that all apps share, and the first 20 reasons why no order explains all of them. */
  historyOperations: number;
  historyProblems: string[];
  p50Ms: number;
  p99Ms: number;
  /** Of the requests that no fault excuses. */
  ownP99Ms: number;
  /** From the judge's start to the start mark. */
  baselineP99Ms: number;
  /** True also for a second in which no node answered, or in which nobody asked. */
  everBelowGreen: boolean;
  oldNodesRunning: number;
  /** Starts of Elasticsearch by old host, from the start mark on. */
  oldNodeStarts: Record<string, number>;
  /** The same by new host, and of the app by app host. */
  newNodeStarts: Record<string, number>;
  appStarts: Record<string, number>;
  /** Each as `host: what: before → after`. */
  leftovers: string[];
  /** What is set in the cluster otherwise than before and than the plan asks, each as `where: key: before → after`. */
  settingsLeft: string[];
  /** Files of the run, its reports, logs and history, in which a secret lies, each as `file: what`. */
  secretsSeen: string[];
  primaryBytes: number;
  bridgeBytes: number;
  /** From the start mark to the end mark. */
  seconds: number;

  outcome: Mode;
  appsOnFronts: boolean;
  /** Why they count as not on the fronts. */
  appsOffFronts: string[];
  /** What must be there after the run and is not, for example a running service. */
  missing: string[];
  longestGapMsPerHost: Record<string, number>;
  /** Pauses of each app by itself, outside what faults excuse. */
  appPauses: Record<string, AppPause>;
  /** Requests that were begun and never ended; among the failed ones, unless they are excused. */
  unendedRequests: number;
  requestsPerHost: Record<string, number>;
  /** The first 20 each. */
  failures: string[];
  lost: string[];
  duplicates: string[];
  lostLoaded: string[];
  /** The first 20 seconds that were below green, and how. */
  belowGreen: string[];
  healthSamples: number;
  /** What nodes knew by themselves, and the first 20 reasons why they were not one whole cluster. */
  views: number;
  badViews: string[];
  /** The first 20 falls below green that a master wrote into its own log. */
  loggedFalls: string[];
  /** Nodes that were stopped while they had copies, or may have had. */
  stoppedFull: string[];
  /** What was said at gates, and what was done without. Both are absent where nobody kept what was said. */
  words?: Word[];
  withoutWord?: string[];
  /** Spans that the lab's own faults excuse, and what fell into them: counted here and nowhere else. */
  excuses: Excuse[];
  excusedRequests: number;
  excusedFailures: string[];
  excusedBelowGreenSeconds: number;
  /** Seconds between the marks that lie in any excuse. */
  excusedSeconds: number;
  baselineP50Ms: number;
  baselineRequests: number;
  /** Failures before anything was done: the lab's own, not the migration's. */
  baselineFailedRequests: number;
  /** Bytes that the nodes received from the bridge, and that the hub's own interface received. */
  bridgeReceivedByNodes: number;
  bridgeReceivedByHub: number;
  /** Bytes that nodes received from the bridge in seconds in which shards moved. */
  bridgeBytesWhileMoving: number;
  /** Of these, in spans in which a fault of the lab made shards move. */
  excusedBridgeBytes: number;
  /** What would have crossed in these seconds without any move. */
  ordinaryBridgeBytes: number;
  finalHealth: string;
  finalNodes: string[];
  startedAt: string;
  endedAt: string;
}

/** How the judge is started. */
export interface JudgeOptions {
  lab: LabState;
  /** Folder for evidence.json, health.ndjson and the snapshots. */
  outDir: string;
}

/** How the judge ends. */
export interface FinishOptions {
  /** Default `migrated`. */
  mode?: Mode;
  /** Milliseconds given to requests in flight at the end mark; default 5,000. */
  settleMs?: number;
  /** Default: none. */
  excuses?: Excuse[];
  /** Replicas that the plan asks for, by index; default: none. */
  replicas?: Record<string, number>;
  /** What was said at gates; without it, as where a person says it elsewhere, nothing is asked of it. */
  words?: Word[];
}

/** The judge at work. */
export interface Judge {
  /** Ends the baseline: from here on everything counts. Called by `finish` at the latest (then there is no baseline). */
  markStart(): void;
  /** Requests of all apps since the start mark. */
  requestsSoFar(): Promise<number>;
  /** Looks at every host and shard as they are now, and writes `look-NAME.json`. @throws Error when anything can't be known */
  look(name: string): Promise<void>;
  /** Sets the end mark, looks at everything, writes evidence.json. @throws Error when anything can't be known */
  finish(options?: FinishOptions): Promise<JudgeEvidence>;
  /** Stops watching; does nothing the second time. */
  stop(): Promise<void>;
}
