import type { LedgerEntry } from '../ledger';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** Phase 6: apps to the fronts, the quorum after them. */
export interface SwitchActivities {
  /** Points one app at the fronts, restarts it and waits for its check; on failure puts the old file back and fails with `APP_RETURNED`. */
  switchApp(input: OnHost): Promise<LedgerEntry[]>;
  /** Watches switched apps for the plan's time; fails if a check fails. */
  watchApps(input: { hosts: string[]; seconds: number }): Promise<Proof>;
  /** Turns the voting configuration: `new` after the switch, `old` on the way back. */
  moveQuorum(input: { to: 'old' | 'new' }): Promise<LedgerEntry[]>;
  proveSwitched(): Promise<Proof>;
}

/** Their kinds and summaries. */
export const SWITCH: Catalogue<SwitchActivities> = {
  switchApp: ['app', ({ host }) => `switch the app on ${host} to the fronts`],
  watchApps: ['app', ({ hosts, seconds }) => `watch ${listed(hosts)} for ${seconds} s`],
  moveQuorum: ['change', ({ to }) => `quorum to the ${to} side`],
  proveSwitched: ['look', 'prove that no app is left on old nodes'],
};

function listed(hosts: string[]): string {
  return hosts.length <= 5 ? hosts.join(', ') : `${hosts.slice(0, 4).join(', ')} and ${hosts.length - 4} more`;
}
