import type { Snapshot } from '../../../../lab/judge/snapshot';
import type { Mode } from '../../../../lab/judge/types';

/** Hosts before an honest run and after it. */
export function snapshotsOf(mode: Mode): { before: Snapshot; after: Snapshot } {
  const before: Snapshot = { hub: { 'sysctl net.ipv4.ip_forward': '0' } };
  const after: Snapshot = { hub: { 'sysctl net.ipv4.ip_forward': '0' } };
  for (const node of ['old-1', 'old-2']) {
    before[node] = { 'unit elasticsearch.service': 'active/running', 'unit file elasticsearch.service': 'enabled' };
    after[node] = { 'unit file elasticsearch.service': 'disabled' };
  }
  for (const node of ['new-1', 'new-2']) {
    before[node] = { 'unit file elasticsearch.service': 'disabled' };
    after[node] = {
      'unit file elasticsearch.service': 'enabled',
      'unit elasticsearch.service': 'active/running',
      'unit file haproxy.service': 'enabled',
      'unit haproxy.service': 'active/running',
      'setting discovery.seed_hosts': '[ "198.18.2.11", "198.18.2.12" ]',
      'setting gateway.expected_data_nodes': '2',
    };
  }
  for (const app of ['app-1', 'app-2']) {
    before[app] = { 'content /etc/shop/config.yaml': 'old', 'unit shop.service': 'active/running' };
    after[app] = { 'content /etc/shop/config.yaml': 'new', 'unit shop.service': 'active/running' };
  }
  return { before, after: mode === 'migrated' ? after : before };
}
