import type { LedgerEntry } from '../ledger';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Phase 5: HAProxy with TLS and basic auth on new nodes. */
export interface FrontActivities {
  installFront(input: OnHost): Promise<LedgerEntry[]>;
  /** From every app host: https and auth work on every front, a wrong password gets 401, plain http still works on old. */
  proveFronts(): Promise<Proof>;
}

/** Their kinds and summaries. */
export const FRONT: Catalogue<FrontActivities> = {
  installFront: ['change', ({ host }) => `front: HAProxy on ${host}`],
  proveFronts: ['look', 'prove the fronts from every app host'],
};
