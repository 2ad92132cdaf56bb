import type { LedgerEntry } from '../ledger';
import type { MoveProgress } from '../progress';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Phase 7: one old node after the other is emptied and stopped. */
export interface DrainActivities {
  /** Old hosts in the order in which they are to be drained, elected master last; those already gone are left out. */
  drainOrder(): Promise<string[]>;
  excludeNode(input: OnHost): Promise<LedgerEntry[]>;
  /** The same for all nodes of one side that is emptied as a whole: all are recorded, then all are excluded at once. */
  excludeNodes(input: { hosts: string[] }): Promise<LedgerEntry[]>;
  /** Waits for a while until the node holds nothing; re-asserts its exclusion; returns like `replicate`. */
  drain(input: { host: string; since?: MoveProgress }): Promise<MoveProgress>;
  /** Voting exclusion; stops and disables the service after a last proof that the node is empty. */
  stopNode(input: OnHost): Promise<LedgerEntry[]>;
  /**
   * Says in the file of this host for which nodes a full restart waits from now on: those of the ones that stay that hold data.
   * `expected` is how many stay, of any kind.
   */
  setExpectedNodes(input: { host: string; expected: number }): Promise<LedgerEntry[]>;
  removeRedirectsFor(input: { host: string; gone: string }): Promise<LedgerEntry[]>;
  proveDrained(input: OnHost): Promise<Proof>;
}

/** Their kinds and summaries. */
export const DRAIN: Catalogue<DrainActivities> = {
  drainOrder: ['look', 'order of the drains, elected master last'],
  excludeNode: ['change', ({ host }) => `drain: exclude ${host}`],
  excludeNodes: ['change', ({ hosts }) => `drain: exclude ${hosts.join(', ')}`],
  drain: ['move', ({ host }) => `drain: wait until ${host} holds nothing`],
  stopNode: ['change', ({ host }) => `drain: stop ${host}`],
  setExpectedNodes: [
    'change',
    ({ host, expected }) => `drain: the ${expected} nodes that stay are expected by the file of ${host}`,
  ],
  removeRedirectsFor: ['change', ({ host, gone }) => `drain: ${host} without redirect to ${gone}`],
  proveDrained: ['look', ({ host }) => `prove that ${host} is gone and the cluster green`],
};
