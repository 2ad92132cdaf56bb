import type { NoticeEvent, Receiver } from '../plan/notify';
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
  phase: Phase;
  /** What happened. */
  what: string;
  /** What to do, one sentence. */
  todo: string;
  /** Commands to copy, and what each is for. */
  commands: { does: string; command: string }[];
}

/** What the worker is asked to tell, and whom. The receiver holds references only, never an address or a secret. */
export interface NotifyInput {
  notice: Notice;
  receiver: Receiver;
}

/** Activities beside the migration: they change nothing that is migrated, so nothing waits for them. */
export interface SideActivities {
  /** Tells one receiver; when it returns, the receiver has said that it got the notice. */
  notify(input: NotifyInput): Promise<void>;
}
