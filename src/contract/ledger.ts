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
}

/** What undoing did on one host. */
export interface UndoResult {
  host: string;
  /** Ids of the steps undone, in the order in which they were undone. */
  undone: string[];
}
