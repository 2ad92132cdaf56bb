import type { Client } from '@elastic/elasticsearch';
import type { LedgerEntry } from '../../contract/ledger';
import { readLedger, type ClusterRecord } from '../../elasticsearch/ledger/records';
import { copyOf } from '../../elasticsearch/ledger/second-copy';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import { settingsStep } from '../../elasticsearch/ledger/steps';
import { undoRecord } from '../../elasticsearch/ledger/undo';
import { effective, readSettings, sameValue, type ClusterSettings } from '../../elasticsearch/settings/settings';
import { parseBytes } from '../../elasticsearch/settings/sizes';
import { BRIDGE_THROTTLE, MAX_BYTES_PER_SEC } from '../../elasticsearch/settings/throttle';
import { groupShards, type ShardCopy } from '../../elasticsearch/shards/table';
import type { Scope } from '../../elasticsearch/scope';
import { THROTTLE_ASKED } from '../replicate/activities';

/** Elasticsearch's own default: what a node may spend on shards when no bridge is in the way. */
const LOCAL_RATE = '40mb';
const LOCAL_THROTTLE = 'throttle-local';

/**
 * Copies on an old node whose bytes cross the bridge when they leave it: a copy is built from its primary, so all of those whose
 * primary is not on the new side. Pure.
 * @param fresh names of the new nodes
 */
export function crossing(table: ShardCopy[], node: string, fresh: ReadonlySet<string>): ShardCopy[] {
  return groupShards(table).flatMap(({ copies }) => {
    const primary = copies.find((copy) => copy.primary);
    const isThere = primary?.node !== undefined && fresh.has(primary.node);
    return isThere ? [] : copies.filter((copy) => copy.node === node);
  });
}

/**
 * Bounds the shard traffic of each node by what is under way: by the bridge while something crosses it, on which the apps' writes
 * to the old copies go too; else by what the network of the new side takes, and never above what the cluster had before us. What
 * the plan or a person asked for stays.
 */
export async function throttleFor(scope: Scope, client: Client, crosses: boolean): Promise<LedgerEntry[]> {
  if (scope.plan.replicate.maxMBps !== undefined) return [];
  const ledger = await readLedger(scope);
  if (ledger.some((record) => record.id === THROTTLE_ASKED)) return [];
  const settings = await readSettings(client);
  return crosses ? lower(client, ledger, settings) : lift(scope, client, ledger, settings);
}

/** The step by which a drain has lifted the bound, when it was: a turn that has moved shards can't tell of it. */
export async function liftedIn(scope: Scope): Promise<LedgerEntry[]> {
  const record = (await readLedger(scope)).find(({ id }) => id === LOCAL_THROTTLE);
  if (!record) return [];
  const { id, phase, summary, at } = record;
  return [{ host: scope.plan.hosts.hub.name, phase, step: id, summary, changed: true, at, kept: [copyOf(record)] }];
}

/** The record stays: it says what was before, also when it is lifted again. */
async function lower(client: Client, ledger: ClusterRecord[], settings: ClusterSettings): Promise<LedgerEntry[]> {
  const record = ledger.find(({ id }) => id === LOCAL_THROTTLE);
  const bridged = originalIn(record);
  if (!record || bridged === undefined) return [];
  if (!sameValue(effective(settings, MAX_BYTES_PER_SEC) ?? null, bridged)) await undoRecord(client, record.undo);
  return [];
}

async function lift(
  scope: Scope,
  client: Client,
  ledger: ClusterRecord[],
  settings: ClusterSettings,
): Promise<LedgerEntry[]> {
  const before = originalIn(ledger.find(({ id }) => id === BRIDGE_THROTTLE));
  const theirs = typeof before === 'string' ? parseBytes(before) : undefined;
  const local = parseBytes(LOCAL_RATE) ?? 0;
  const wanted = theirs !== undefined && theirs > 0 && theirs < local ? String(before) : LOCAL_RATE;
  const now = parseBytes(effective(settings, MAX_BYTES_PER_SEC));
  if (now === undefined || now >= (parseBytes(wanted) ?? 0)) return [];
  const summary = `shard traffic of each node is held to ${wanted}/s: it no longer crosses the bridge`;
  const head = { id: LOCAL_THROTTLE, phase: 'drain' as const, summary };
  return [await applyClusterStep(scope, await settingsStep(client, head, { [MAX_BYTES_PER_SEC]: wanted }))];
}

/** What the bound was before a step; undefined where there is no such step. */
function originalIn(record: ClusterRecord | undefined): string | string[] | null | undefined {
  if (record?.undo.kind !== 'settings') return undefined;
  return record.undo.originals.find(({ key }) => key === MAX_BYTES_PER_SEC)?.value;
}
