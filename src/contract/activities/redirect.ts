import type { LedgerEntry } from '../ledger';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Phase 2: real addresses of the other side are reachable over the bridge. */
export interface RedirectActivities {
  installRedirect(input: OnHost): Promise<LedgerEntry[]>;
  /** That every real address answers from the other side; with `hosts`, theirs and those of the members that they have to reach. */
  proveRedirects(input?: { hosts?: string[] }): Promise<Proof>;
}

/** Their kinds and summaries. */
export const REDIRECT: Catalogue<RedirectActivities> = {
  installRedirect: ['change', ({ host }) => `redirect: NAT rules on ${host}`],
  proveRedirects: ['look', 'prove the redirects: every real address answers'],
};
