import type { HostRole } from '../../plan/schema';
import type { LedgerEntry } from '../ledger';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** A host that a person has given up: it is not in the plan any more. */
export interface GivenUpHost {
  host: string;
  role: HostRole;
  by: string;
  reason: string;
  /** ISO 8601 time. */
  at: string;
  /** `node.name` of an old or new host. */
  nodeName?: string;
}

/** The same, for the report. */
export interface GivenUpRecord extends GivenUpHost {
  /** What was changed on it and can't be taken back. */
  left: LedgerEntry[];
}

/** Between a person's word that a host is gone for good and what is made of it. */
export interface GiveUpActivities {
  /** That the cluster can do without the node on this host: it is green, and the node is not in it. Asked of the other nodes. */
  proveLost(input: OnHost): Promise<Proof>;
}

/** Their kinds and summaries. */
export const GIVE_UP: Catalogue<GiveUpActivities> = {
  // A person waits for the answer.
  proveLost: ['preflight', ({ host }) => `give up ${host}: prove that the cluster does without it`],
};
