import type { AuditEntry } from '../contract/audit';
import type { PhaseRecord } from '../contract/phases';
import type { Evidence } from '../contract/evidence';
import type { Status } from '../contract/messages';
import { PHASES, type Phase } from '../contract/phases';
import { tryingSentence } from '../contract/trying';
import type { Places } from '../contract/places';
import { NOTHING_KNOWN, type AppStats, type ClusterSample, type MoveProgress, type Sample } from '../contract/progress';
import type { Facts } from './facts';
import { viewGate, type GateView } from './gate';
import { viewHosts, type HostView } from './hosts';
import { bytesPerSecond, mergeSamples } from './rates';

/** One phase as both seats show it. */
export interface PhaseView {
  phase: Phase;
  state: 'done' | 'now' | 'later' | 'ended early';
  startedAt?: string;
  endedAt?: string;
  /** Seconds that it took, or has taken so far. */
  seconds?: number;
  summary?: string;
}

/** The cluster as the last sample saw it. */
export interface ClusterView extends ClusterSample {
  name: string;
  version?: string;
  master?: string;
  /** Milliseconds since the epoch at which it was seen; absent before the first sample. */
  seenAt?: number;
}

/** How a move goes, with the share that is done, 0 to 1. */
export interface ProgressView extends MoveProgress {
  share: number;
}

/** The live picture of one migration: what the terminal and the page show, plain JSON. */
export interface View {
  name: string;
  workflowId: string;
  runId: string;
  /** Milliseconds since the epoch at which it was made. */
  at: number;
  outcome: Facts['status']['outcome'] | 'stopped';
  phase: Phase;
  doing: string;
  paused: boolean;
  /** All who hold it and why; absent while nobody does. */
  heldBy?: Status['heldBy'];
  /** How far the way back is. */
  rollback?: Status['rollback'];
  /** What may be said to it now. */
  possible: Status['possible'];
  /** What the run wants to be told before it goes on or back. */
  asks?: string;
  blocked?: string;
  /** What is tried again, each with why: what the run waits for besides people. */
  retries: string[];
  /** Why what is shown may be old. */
  problem?: string;
  phases: PhaseView[];
  progress?: ProgressView;
  cluster: ClusterView;
  bridge: { bytesPerSecond?: number; bytes?: number };
  /** What each app said last of its own requests. */
  apps: (AppStats & { name: string })[];
  hosts: HostView[];
  places?: Places;
  gate?: GateView;
  evidence: Evidence | null;
  audit: AuditEntry[];
  samples: Sample[];
}

/** Makes the live picture of what is known. */
export function buildView(facts: Facts): View {
  const { status, plan } = facts;
  const samples = mergeSamples(facts.samples, facts.watched?.samples ?? []);
  const last = samples.at(-1);
  const lastBridge = last?.bridgeBytes;
  return {
    name: status.name,
    workflowId: facts.workflowId,
    runId: facts.runId,
    at: facts.at,
    outcome: outcomeOf(facts),
    phase: status.phase,
    doing: status.doing,
    paused: status.paused,
    ...(status.heldBy && { heldBy: status.heldBy }),
    ...(status.rollback && { rollback: status.rollback }),
    possible: outcomeOf(facts) === 'running' ? status.possible : [],
    ...(status.asks !== undefined && { asks: status.asks }),
    ...(status.blocked !== undefined && { blocked: status.blocked }),
    retries: (status.trying ?? []).map(tryingSentence),
    ...(facts.problem !== undefined && { problem: facts.problem }),
    phases: PHASES.map((phase) => viewPhase(phase, facts)),
    ...(status.progress && { progress: { ...status.progress, share: shareOf(status.progress) } }),
    cluster: viewCluster(facts, last),
    bridge: {
      ...(lastBridge !== undefined && { bytes: lastBridge }),
      bytesPerSecond: bytesPerSecond(samples),
    },
    apps: Object.entries(last?.apps ?? {}).map(([name, stats]) => ({ name, ...stats })),
    hosts: viewHosts(plan, status, facts.watched?.places),
    ...(facts.watched?.places && { places: facts.watched.places }),
    ...(status.gate && { gate: viewGate(status.gate) }),
    evidence: facts.evidence,
    audit: facts.audit,
    samples,
  };
}

/** A run that Temporal has ended for us says `running` for ever; one that still writes its report has not ended yet. */
function outcomeOf({ status, execution }: Facts): View['outcome'] {
  const ended = !['RUNNING', 'CONTINUED_AS_NEW', 'PAUSED'].includes(execution);
  if (ended) return status.outcome === 'running' ? 'stopped' : status.outcome;
  const report = status.phases.find(({ phase }) => phase === 'report');
  return report && report.endedAt === undefined ? 'running' : status.outcome;
}

function viewPhase(phase: Phase, { status, at, execution }: Facts): PhaseView {
  const record = status.phases.find((one) => one.phase === phase);
  if (!record) return { phase, state: 'later' };
  const goesOn = execution === 'RUNNING' && status.phase === phase;
  return {
    ...record,
    state: record.endedAt !== undefined ? 'done' : goesOn ? 'now' : 'ended early',
    ...(record.endedAt !== undefined || goesOn ? { seconds: secondsOf(record, at) } : {}),
  };
}

function secondsOf({ startedAt, endedAt }: PhaseRecord, at: number): number {
  const end = endedAt === undefined ? at : Date.parse(endedAt);
  return Math.max(0, (end - Date.parse(startedAt)) / 1000);
}

function shareOf({ bytesTotal, bytesLeft, shardsTotal, shardsLeft, done }: MoveProgress): number {
  if (done) return 1;
  // Never shown as all before it is proven.
  const share = bytesTotal > 0 ? 1 - bytesLeft / bytesTotal : shardsTotal > 0 ? 1 - shardsLeft / shardsTotal : 0;
  return Math.min(0.99, Math.max(0, share));
}

function viewCluster({ plan, status, watched }: Facts, last: Sample | undefined): ClusterView {
  const { health, oldShards, newShards, oldBytes, newBytes } = last ?? NOTHING_KNOWN;
  const { initializing, relocating, unassigned } = last ?? NOTHING_KNOWN;
  return {
    name: plan.elasticsearch.clusterName,
    ...(status.cluster && { version: status.cluster.version }),
    ...(watched?.places?.master !== undefined && { master: watched.places.master }),
    ...{ health, oldShards, newShards, oldBytes, newBytes, initializing, relocating, unassigned },
    ...(last && { seenAt: last.t }),
  };
}
