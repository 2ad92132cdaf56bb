import type { DataProof } from './data-proof';
import type { GateName } from './phases';

/** One fact that a gate shows: what was asked, what was seen, and whether that is good. */
export interface Fact {
  /** Short sentence, for example `every shard group has a copy on both sides`. */
  name: string;
  ok: boolean;
  /** What was seen, in plain words, with figures. */
  seen: string;
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
  /** Why the gate had to be opened again, one sentence; absent when it is open for the first time. */
  reopened?: string;
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
