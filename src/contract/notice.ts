import type { NoticeEvent } from '../plan/notify';
import type { Phase } from './phases';

/** What people are told, as webhooks of format `json` and commands get it. Fields may be added, none changes its meaning. */
export interface Notice {
  schemaVersion: 1;
  /** The same whenever this notice is sent again: each is delivered at least once, and may come twice. */
  id: string;
  /** ISO 8601 time at which it happened. */
  at: string;
  event: NoticeEvent;
  migration: string;
  workflowId: string;
  /** Where the run is seen in Temporal's UI, when the worker knows where that is. */
  link?: string;
  phase: Phase;
  /** What happened. */
  what: string;
  /** What to do, one sentence. */
  todo: string;
  /** Commands to copy, and what each is for. */
  commands: { does: string; command: string }[];
}
