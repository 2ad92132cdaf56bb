import type { LedgerEntry } from '../ledger';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Phase 3: new nodes enter the cluster. */
export interface JoinActivities {
  /** Voting exclusions of the new nodes, rebalancing held; recorded on the hub first. */
  prepareClusterForJoin(input: { throughputMBps: number }): Promise<LedgerEntry[]>;
  configureNewNode(input: OnHost): Promise<LedgerEntry[]>;
  alignOldNode(input: OnHost): Promise<LedgerEntry[]>;
  startNewNode(input: OnHost): Promise<LedgerEntry[]>;
  proveJoin(): Promise<Proof>;
}

/** Their kinds and summaries. */
export const JOIN: Catalogue<JoinActivities> = {
  prepareClusterForJoin: ['change', 'join: new nodes kept out of the quorum, nothing moves by itself'],
  configureNewNode: ['change', ({ host }) => `join: configure ${host}`],
  alignOldNode: ['change', ({ host }) => `join: file of ${host} in line for a later reboot`],
  startNewNode: ['change', ({ host }) => `join: start ${host}`],
  proveJoin: ['look', 'prove the join: all nodes see all nodes, green'],
};
