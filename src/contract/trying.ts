import { clock, ordinal } from '../text/format';

/** Name of the signal by which activities tell their own workflow what is tried again; its argument is {@link TriesTold}. */
export const TRIED_SIGNAL = 'tried';

/** Workflows that hear it; for the others a signal would be no more than an event of their history. */
export const HEAR_TRIES = ['migrateCluster', 'cleanUp', 'drainNode'];

/** Most of them that one signal has, so that it stays small. */
export const MOST_TRIES = 100;

/** An attempt of an activity that failed, and is made again by itself. */
export interface Tried {
  activity: string;
  /** Host that it is about. */
  host?: string;
  /** ISO 8601 time at which the activity was asked for; it stays the same from try to try. */
  scheduled: string;
  /** The how manieth try comes next. */
  attempt: number;
  /** Why the last one failed; the worker has taken secrets out of it. */
  why: string;
  /** ISO 8601 time of the next try. */
  next: string;
}

/** Argument of {@link TRIED_SIGNAL}. */
export interface TriesTold {
  tries: Tried[];
}

/** Something that does not work yet, and is tried again and again by itself. */
export interface Trying {
  /** What is tried, as the timeline calls it. */
  what: string;
  /** Host that it is about. */
  host?: string;
  /** The how manieth try comes next, when this was told. */
  attempt: number;
  /** Why the last one failed. */
  why: string;
  /** ISO 8601 time at which it was first told. */
  since: string;
  /** ISO 8601 time of the next try, when this was told: at most about a minute ago, unless a try takes longer. */
  next: string;
}

/** What is tried again, one sentence for a person. */
export function tryingSentence({ what, attempt, why, since, next }: Trying): string {
  return `${what} is tried for the ${ordinal(attempt)} time at ${clock(next)} UTC, as it has failed since ${clock(since)}: ${why}`;
}
