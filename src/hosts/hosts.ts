import type { Agent } from 'node:http';
import type { Claim, Claimer } from '../contract/claim';
import type { LedgerEntry, UndoResult } from '../contract/ledger';
import type { Phase } from '../contract/phases';
import type { Owner } from '../contract/under';
import type { HostRef } from '../plan/hosts';
import type { Trust } from './shown-ca';
import type { HostStep } from './step';

/** What a script on a host gave back. `code` is null when the connection was lost: that is never success. */
export interface ScriptResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Options of one script. */
export interface ScriptOptions {
  /** Seconds after which the script counts as failed; default 60. */
  timeoutSeconds?: number;
  /** Values that reach the script as shell variables over stdin only; never logged or shown. */
  secrets?: Record<string, string>;
  /** Use a new SSH connection, for proofs after a change of the network. */
  freshConnection?: boolean;
  /** It changes the host, outside a step: a host that is not held by this run, or hears of it too late, refuses it. */
  changes?: boolean;
}

/** Which recorded steps to undo; nothing given means all. */
export interface UndoSelector {
  phases?: Phase[];
  steps?: string[];
}

/** What a host has recorded of this migration. */
export interface Recorded {
  /** Recorded steps, oldest first; each was changed, or was about to be. */
  steps: LedgerEntry[];
  /** Who holds the host; it may be another migration. */
  claim?: Claim;
}

/**
 * The one way in which a host is read and changed. Inside an activity nothing is sent any more once that was given up
 * (CancelledFailure, or ApplicationFailure GivenUp), and what changes a host is refused by the host itself where the run
 * does not hold it (NotHeld) or a later attempt was there (GivenUp). There are two implementations: over SSH, and the dry run that reads
 * but only records what it would change.
 */
export interface Hosts {
  /** Runs a script, read-only unless it says that it changes the host, whatever its exit code. @throws when the host can't be reached or the script times out */
  read(host: HostRef, script: string, options?: ScriptOptions): Promise<ScriptResult>;
  /** Runs a read-only script and returns its stdout. @throws unless it exits 0, naming the host and the last of stderr */
  ask(host: HostRef, script: string, options?: ScriptOptions): Promise<string>;
  /** Runs a step: check, record the undo, apply, verify. @throws ApplicationFailure StepFailed when verify says no */
  apply(host: HostRef, step: HostStep): Promise<LedgerEntry>;
  /** Undoes recorded steps, newest first, and removes their records. Undoing twice changes nothing. */
  undo(host: HostRef, selector?: UndoSelector): Promise<UndoResult>;
  /** Ends the record: what is on the host stays, and nothing of the ledger is left. */
  forget(host: HostRef): Promise<void>;
  /**
   * Claims the host for a run of this migration.
   * @param from whose claim is taken over, as `ownerWord` names it; by default nobody's
   * @returns the claim in force: another one's, when it came first
   */
  claim(host: HostRef, claimer: Claimer, from?: string): Promise<Claim>;
  /** Gives up the claim of this run; any other one stays. */
  release(host: HostRef, owner: Owner): Promise<void>;
  /** Says that this run, if it holds the host, lives; any other claim stays as it is. */
  renew(host: HostRef): Promise<void>;
  /** What is recorded on the host, after a step that is under way there has ended. Read-only. */
  recorded(host: HostRef): Promise<Recorded>;
  /** Text of the file that the undo of a recorded step would put back; undefined where there is no such step or was no file. */
  saved(host: HostRef, step: string): Promise<string | undefined>;
  /** Keeps a small JSON record on a host (the cluster's ledger lives on the hub this way); replaces one of that name. */
  keep(host: HostRef, name: string, record: unknown): Promise<void>;
  /** All kept records of a host, by name, sorted. */
  kept(host: HostRef): Promise<Record<string, unknown>>;
  /** Removes one kept record; missing is fine. */
  unkeep(host: HostRef, name: string): Promise<void>;
  /**
   * An agent whose connections go through the SSH connection to this host, for its Elasticsearch's own address.
   * @param trust for https: whom to believe that it is the node at that address; without it plain http
   */
  agent(host: HostRef, trust?: Trust): Agent;
  /** Closes every connection. */
  close(): Promise<void>;
}
