import type { Receiver } from '../plan/notify';
import type { Notice } from './notice';

/** What the worker is asked to tell, and whom. The receiver holds references only, never an address or a secret. */
export interface NotifyInput {
  notice: Notice;
  receiver: Receiver;
}

/** The drain that a migration waits for now: its node, and the first run of the child that drains it. */
export interface DrainAsked {
  host: string;
  run: string;
}

/** What a drain tells of itself when it asks whether it may go on. */
export interface AskParentInput extends DrainAsked {
  /** Workflow id of the parent. */
  parent: string;
  /** Run with which this one began, which a reset does not change. */
  original: string;
  /** Run of the parent in which a person's word for it was given; a reset of the parent makes another one. */
  word?: string;
}

/** Activities beside the migration: they change nothing that is migrated, and need no plan. */
export interface SideActivities {
  /** Tells one receiver; when it returns, the receiver has said that it got the notice. */
  notify(input: NotifyInput): Promise<void>;
  /**
   * Asks the migration that a drain is part of whether it waits for it: runs, is at that node, passed its gate, and started
   * this very run. @throws NotAsked when not; OtherRun when the parent's run was made by a reset since the word was given
   */
  askParent(input: AskParentInput): Promise<void>;
  /** Names of those of our search attributes that the server knows. */
  registered(): Promise<string[]>;
}
