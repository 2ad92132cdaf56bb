/** What one look at the migration saw; the report's plots are made of these. */
export interface Sample {
  /** Milliseconds since the epoch. */
  t: number;
  health: 'green' | 'yellow' | 'red' | 'unknown';
  oldShards: number;
  newShards: number;
  /** Bytes of shard copies on each side. */
  oldBytes: number;
  newBytes: number;
  initializing: number;
  relocating: number;
  unassigned: number;
  /** Bytes that entered the bridge so far, over all clients, each counted once; absent while there is no bridge. */
  bridgeBytes?: number;
  /** What the apps say of themselves, by app host, where the plan has a `stats` command. */
  apps?: Record<string, AppStats>;
}

/** Samples in a row that must be below green before it is taken for so: one alone may be of a moment. */
const IN_A_ROW = 2;

/** Whether the newest samples all say that copies are missing. One that knows nothing says nothing. */
export function sayBelowGreen(samples: readonly Pick<Sample, 'health'>[]): boolean {
  const newest = samples.slice(-IN_A_ROW);
  return newest.length === IN_A_ROW && newest.every(({ health }) => health === 'yellow' || health === 'red');
}

/** The part of a sample that comes from the cluster. */
export type ClusterSample = Omit<Sample, 't' | 'bridgeBytes' | 'apps'>;

/** When the cluster could not be asked, or not yet: never green. */
export const NOTHING_KNOWN: ClusterSample = {
  health: 'unknown',
  oldShards: 0,
  newShards: 0,
  oldBytes: 0,
  newBytes: 0,
  initializing: 0,
  relocating: 0,
  unassigned: 0,
};

/** What an app's `stats` command prints. */
export interface AppStats {
  requests: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
}

/** Names a shard. */
interface OfShard {
  index: string;
  shard: number;
}

/** A shard that does not arrive on a node, although the cluster took its moves there on. */
export interface FailedArrival extends OfShard {
  /** Name of the node. */
  to: string;
  /** How often it began, and did not arrive. */
  times: number;
  /** When it was seen last that it had not arrived, in milliseconds since the epoch. */
  at: number;
}

/** A move that was under way at the last look; nodes by name. */
export interface UnderWay extends OfShard {
  from: string;
  to: string;
}

/** What one call that moves shards tells the next one, so that moves are counted over calls. */
export interface ArrivalsSoFar {
  failed: FailedArrival[];
  underWay: UnderWay[];
}

/** What of a node that is emptied may still be needed. */
export interface Lingering {
  /** Most searches that were seen open on it, one for each of their shards. */
  searches: number;
  /** When it was first seen empty, in milliseconds since the epoch. */
  emptySince?: number;
}

/** How far replicate or a drain has come. */
export interface MoveProgress {
  /** True only when it was proven, the plan's number of times in a row. */
  done: boolean;
  shardsTotal: number;
  shardsLeft: number;
  bytesTotal: number;
  bytesLeft: number;
  /** Measured over the last minute. */
  bytesPerSecond: number;
  /** Absent while nothing is known. */
  etaSeconds?: number;
  /** Seconds for which nothing has moved, as far as the cluster answered; carried from call to call. */
  stalledSeconds?: number;
  /** One sentence and one safe action when there was no byte progress for the plan's time, or a shard arrives nowhere. */
  stuck?: { sentence: string; action: string };
  /** For how long the cluster has not said how far it is, and why: neither progress nor stuck, but unknown. */
  unanswered?: { seconds: number; reason: string };
  /** Why an empty node is still left running. */
  waits?: string;
  /** Of a drain. */
  lingering?: Lingering;
  /** Absent when nothing is under way and nothing has failed. */
  arrivals?: ArrivalsSoFar;
}
