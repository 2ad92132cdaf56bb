import { EXCLUDE_BY_NAME } from '../../../src/elasticsearch/settings/exclusions';
import type { Bad } from './bad';
import { BEFORE, type World } from './world';

const REBALANCE = 'cluster.routing.rebalance.enable';

/** What of a move must be gone at its end, wherever the cluster then is. */
export const LEFT: Bad[] = [
  ['an exclusion of ours', (w) => (w.cluster.state.settings.persistent[EXCLUDE_BY_NAME] = 'old-1')],
  ['an exclusion of ours that is transient', (w) => (w.cluster.state.settings.transient[EXCLUDE_BY_NAME] = 'x,new-1')],
  ['a node that is kept from voting', (w) => (w.cluster.state.voteless = ['old-1'])],
  ['a setting that stays', (w) => (w.cluster.state.settings.persistent[REBALANCE] = 'none')],
  ['a transient setting that stays', (w) => (w.cluster.state.settings.transient[REBALANCE] = 'none')],
  ['a setting of others that is gone', (w) => before(w, { persistent: { [REBALANCE]: 'all' } })],
  ['a transient setting of others that is gone', (w) => before(w, { transient: { [REBALANCE]: 'all' } })],
  ['a record of before that is not understood', (w) => before(w, { persistent: [] })],
  ...['rule -A BIGSWITCH', 'device tun-bigswitch', 'route x', 'unit bigswitch.service', 'file /etc/bigswitch'].map(
    (line): Bad => [`a ${line.split(' ')[0]} that is left`, (w) => traces(w, 'new-1', `${line}\nlooked\n`)],
  ),
  ['a look at a host that did not end', (w) => traces(w, 'new-1', '')],
  ['a look at a host that ended within its word', (w) => traces(w, 'new-1', 'looke')],
  ['a host that is away', (w) => away(w, 'app-2')],
  ['a hub that is away', (w) => away(w, 'hub')],
];

function before({ hosts }: World, change: object): void {
  const kept = hosts.records.get('hub')?.get(BEFORE) as object;
  hosts.records.get('hub')?.set(BEFORE, { ...kept, ...change });
}

/** The look for traces on this host prints this. */
export function traces({ hosts }: World, on: string, stdout: string): void {
  hosts.tell((host, script) => (host === on && script.endsWith('echo looked') ? { stdout } : undefined));
}

/** This host can't be reached. */
export function away({ hosts }: World, on: string): void {
  hosts.tell((host) => {
    if (host === on) throw new Error('no route to host');
    return undefined;
  });
}
