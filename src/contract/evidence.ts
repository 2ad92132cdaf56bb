import type { DataProof } from './data-proof';
import type { GateName } from './phases';

/** One fact that a gate shows: what was asked, what was seen, and whether that is good. */
export interface Fact {
  /** Short sentence, for example `every shard group has a copy on both sides`. */
  name: string;
  ok: boolean;
  /** What was seen, in plain words, with figures. */
  seen: string;
  /**
   * Numbers that do not fall by much while a person decides, each by what it counts, for example `documents of orders`: however
   * good a fact is by itself, one that says much less than what the person saw is another one.
   */
  figures?: Record<string, number>;
  /** What follows from it when it is ok, one plain sentence; where that is not plain from the name. */
  proves?: string;
}

/** What was seen, and what follows from it where that is said and the fact is ok. */
export function shownFact({ ok, seen, proves }: Fact): string {
  return ok && proves !== undefined ? `${seen}. ${proves}` : seen;
}

/** The facts that do not hold, and what was seen of them. */
export function failing({ facts }: Evidence): string {
  const names = facts.filter((fact) => !fact.ok).map((fact) => `${fact.name} (${fact.seen})`);
  return names.length > 0 ? names.slice(0, 5).join('; ') : 'no evidence was seen';
}

/** A figure may fall by this share, and by so much in any case: apps delete things, and small numbers jump. */
const MAY_FALL = { share: 0.1, by: 100 };

/**
 * Figures that have fallen by more than apps delete while a person decides, each as `what: before, now`; one that is not told any
 * more is 0. Pure.
 * @param seen what the person saw
 */
export function fallen(seen: Evidence, now: Evidence): string[] {
  const figures = ({ facts }: Evidence) => facts.flatMap((fact) => Object.entries(fact.figures ?? {}));
  const left = new Map(figures(now));
  return figures(seen).flatMap(([what, before]) => {
    const after = left.get(what) ?? 0;
    const isMuch = before - after > Math.max(MAY_FALL.by, before * MAY_FALL.share);
    return isMuch ? [`${what}: ${before}, now ${after}`] : [];
  });
}

/** The facts that a gate shows, taken at one moment. */
export interface Evidence {
  gate: GateName;
  /** ISO 8601 time at which it was taken. */
  takenAt: string;
  /** Run of the workflow that asked for it; a word that was given on it counts in that run only. Absent from older releases. */
  run?: string;
  /** True only when every fact is ok. */
  holds: boolean;
  facts: Fact[];
  /** What was compared of the data, where the gate is about data. */
  data?: DataProof;
  /** Ids of changes of the cluster that the hub has lost its record of; absent when it has all. */
  lost?: string[];
  /** Apps that are switched by the records on their hosts, and not by this run; absent when there are none. */
  switched?: string[];
  /** Why the gate had to be opened again, one sentence; absent when it is open for the first time. */
  reopened?: string;
}

/** Evidence that is younger, in milliseconds, is of this moment for a person. */
const FRESH_MS = 20_000;

/** Name of the fact that tells whose nodes decide. */
export const ONLY_VOTE = { old: 'only old nodes vote', new: 'only new nodes vote' } as const;

/** Whether evidence is so young that who decides on it need not wait for another look. */
export function isFresh({ takenAt }: Evidence): boolean {
  return Date.now() - Date.parse(takenAt) < FRESH_MS;
}

/** A preflight check: what was looked at, the result, and what a person can do about it. */
export interface Check {
  /** Stable name, used in `waive`, for example `closed-indices`. */
  name: string;
  /** Host, index or app it is about; empty for the whole cluster. */
  subject: string;
  /** `warn` lets the migration go on and is shown in the report. */
  result: 'ok' | 'warn' | 'failed';
  /** What was seen. */
  seen: string;
  /** What to do when it is not ok. */
  remedy?: string;
  /** False when going on would break a promise, whatever a person says. */
  waivable: boolean;
}
