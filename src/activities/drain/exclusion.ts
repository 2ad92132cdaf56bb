import type { Client } from '@elastic/elasticsearch';
import type { LedgerEntry } from '../../contract/ledger';
import { exclusionsByLevel, exclusionsIn } from '../../elasticsearch/settings/exclusions';
import { copyOf } from '../../elasticsearch/ledger/second-copy';
import { readLedger, writeRecord } from '../../elasticsearch/ledger/records';
import { readSettings } from '../../elasticsearch/settings/settings';
import type { PlannedNode } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';

/**
 * Records that a node is to be excluded, before it is. An exclusion of the same name that was there before us is not ours
 * and stays for good.
 */
export async function recordExclusion(scope: Scope, client: Client, node: PlannedNode): Promise<LedgerEntry> {
  const ledger = await readLedger(scope);
  const id = `exclude-${node.host}`;
  const known = ledger.find((record) => record.id === id);
  const summary = `shards leave ${node.host} and none come to it`;
  const at = known?.at ?? new Date().toISOString();
  const entry = { host: scope.plan.hosts.hub.name, phase: 'drain' as const, step: id, summary, at };
  if (known) return { ...entry, changed: true, kept: [copyOf(known)] };
  const settings = await readSettings(client);
  if (exclusionsIn(settings).includes(node.nodeName)) return { ...entry, changed: false };
  const record = await writeRecord(scope, ledger, {
    id,
    phase: 'drain',
    summary,
    at,
    undo: { kind: 'exclusions', names: [node.nodeName], theirs: exclusionsByLevel(settings, [node.nodeName]) },
  });
  return { ...entry, changed: true, kept: [copyOf(record)] };
}
