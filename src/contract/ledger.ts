import type { Phase } from './phases';

/** One change that was recorded, with its undo, before it was made. */
export interface LedgerEntry {
  /** Host that keeps the record; cluster changes are kept on the hub. */
  host: string;
  phase: Phase;
  /** Id of the step, unique on its host. */
  step: string;
  summary: string;
  /** False when the host was already as wanted and nothing was changed. */
  changed: boolean;
  /** ISO 8601 time. */
  at: string;
}

/** What undoing did on one host. */
export interface UndoResult {
  host: string;
  /** Ids of the steps undone, in the order in which they were undone. */
  undone: string[];
}
