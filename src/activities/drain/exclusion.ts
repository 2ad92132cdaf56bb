import type { Client } from '@elastic/elasticsearch';
import type { LedgerEntry } from '../../contract/ledger';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import { exclusionsByLevel, exclusionsIn } from '../../elasticsearch/settings/exclusions';
import { readLedger, writeRecord } from '../../elasticsearch/ledger/records';
import { effective, readSettings } from '../../elasticsearch/settings/settings';
import { parseBytes } from '../../elasticsearch/settings/sizes';
import { settingsStep } from '../../elasticsearch/ledger/steps';
import { MAX_BYTES_PER_SEC } from '../../elasticsearch/settings/throttle';
import type { PlannedNode } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';
import { THROTTLE_ASKED } from '../replicate/activities';

/** Elasticsearch's own default: what a node may spend on shards when no bridge is in the way. */
const LOCAL_RATE = '40mb';

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
  if (known) return { ...entry, changed: true };
  const settings = await readSettings(client);
  if (exclusionsIn(settings).includes(node.nodeName)) return { ...entry, changed: false };
  await writeRecord(scope, ledger, {
    id,
    phase: 'drain',
    summary,
    at,
    undo: { kind: 'exclusions', names: [node.nodeName], theirs: exclusionsByLevel(settings, [node.nodeName]) },
  });
  return { ...entry, changed: true };
}

/**
 * Shards that leave an old node are rebuilt on the new side's own network, so the bridge's throttle would only slow them
 * down. What the plan or a person asked for stays.
 */
export async function localThrottle(scope: Scope, client: Client): Promise<LedgerEntry[]> {
  if (scope.plan.replicate.maxMBps !== undefined) return [];
  if ((await readLedger(scope)).some((record) => record.id === THROTTLE_ASKED)) return [];
  const now = parseBytes(effective(await readSettings(client), MAX_BYTES_PER_SEC));
  if (now === undefined || now >= (parseBytes(LOCAL_RATE) ?? 0)) return [];
  const summary = `shard traffic of each node is held to ${LOCAL_RATE}/s: it no longer crosses the bridge`;
  const head = { id: 'throttle-local', phase: 'drain' as const, summary };
  return [await applyClusterStep(scope, await settingsStep(client, head, { [MAX_BYTES_PER_SEC]: LOCAL_RATE }))];
}
