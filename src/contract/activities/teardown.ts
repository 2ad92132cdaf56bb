import type { KeptRecord } from '../kept-record';
import type { FoundLost, LedgerEntry, UndoResult } from '../ledger';
import type { Phase } from '../phases';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Phase 8, and what the way back shares with it: everything that was changed is put back. */
export interface TeardownActivities {
  /** Notes on the hub that from here on the way is forward only. */
  markTeardown(): Promise<void>;
  /** Takes that note off the hub, where it is: a rollback came before anything else of teardown was done. */
  unmarkTeardown(): Promise<void>;
  /** Writes on the hub again what it has lost of its record of the cluster. */
  keepAgain(input: { records: KeptRecord[] }): Promise<FoundLost>;
  pointSeedsAtNew(input: OnHost): Promise<LedgerEntry[]>;
  /**
   * Cluster settings, exclusions and voting exclusions back to the ledger's originals; with `phases`, only what these
   * changed, or with `planned`, only what the plan itself wanted of indices, but fewer replicas. After a `migrated` cluster that stays, and it is green.
   * What the hub has lost of it is known from what the run has `kept`.
   */
  restoreCluster(input: {
    phases?: Phase[];
    planned?: boolean;
    migrated?: boolean;
    kept?: KeptRecord[];
  }): Promise<UndoResult>;
  /** Undoes this host's recorded steps of these phases, newest first; without `phases`, all of them. */
  undoHost(input: { host: string; phases?: Phase[] }): Promise<UndoResult>;
  /** Ends the record on a host: what is left there stays for good. */
  forgetHost(input: OnHost): Promise<void>;
  /** That all is put back; nodes `lost` with hosts that were given up are not in the cluster. */
  proveTornDown(input?: { lost?: string[] }): Promise<Proof>;
}

/** Their kinds and summaries. */
export const TEARDOWN: Catalogue<TeardownActivities> = {
  markTeardown: ['change', 'teardown: forward only from here on'],
  unmarkTeardown: ['undo', 'no teardown: the way back is open'],
  keepAgain: ['change', 'record on the hub again what it has lost'],
  pointSeedsAtNew: ['change', ({ host }) => `teardown: seeds of ${host} are new nodes only`],
  restoreCluster: ['undo', 'cluster settings back to what they were'],
  undoHost: ['undo', ({ host, phases }) => `undo ${phases ? phases.join(', ') : 'everything'} on ${host}`],
  forgetHost: ['undo', ({ host }) => `end the ledger on ${host}`],
  proveTornDown: ['look', 'prove that nothing of ours is left'],
};
