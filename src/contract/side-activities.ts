import type { Receiver } from '../plan/notify';
import type { Notice } from './notice';

/** What the worker is asked to tell, and whom. The receiver holds references only, never an address or a secret. */
export interface NotifyInput {
  notice: Notice;
  receiver: Receiver;
}

/** Activities beside the migration: they change nothing that is migrated, need no plan, and nothing waits for them. */
export interface SideActivities {
  /** Tells one receiver; when it returns, the receiver has said that it got the notice. */
  notify(input: NotifyInput): Promise<void>;
  /** Names of those of our search attributes that the server knows. */
  registered(): Promise<string[]>;
}
