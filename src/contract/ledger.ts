import type { KeptRecord } from './kept-record';
import type { Phase } from './phases';

/** Ids of the steps by which a clean-up finds out how far a run had come. */
export const TELLING_STEPS = {
  /** On a new host: its node was started. */
  NODE_STARTED: 'elasticsearch-started',
  /** On an old host: its node was stopped. */
  NODE_STOPPED: 'elasticsearch-stopped',
  /** On an app host: its app was pointed at the fronts. */
  APP_SWITCHED: 'app-switch',
} as const;

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
  /** Of a change of the cluster: what the hub has recorded for it, for the run to keep as well; not part of what is told of it. */
  kept?: KeptRecord[];
}

/** What the hub had lost of its record, and was written there again: ids of the changes. */
export interface FoundLost {
  lost: string[];
}

/** What undoing did on one host. */
export interface UndoResult {
  host: string;
  /** Ids of the steps undone, in the order in which they were undone. */
  undone: string[];
  /** Ids of changes of the cluster that the hub had lost, and that were known from the run's own copy. */
  lost?: string[];
}
