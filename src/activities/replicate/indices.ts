import type { Client } from '@elastic/elasticsearch';
import { FEWER_REPLICAS } from '../../contract/kept-record';
import type { LedgerEntry } from '../../contract/ledger';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import {
  endUntold,
  forgetIndices,
  isRecorded,
  readLedger,
  type IndexUndo,
  type ClusterRecord,
} from '../../elasticsearch/ledger/records';
import type { ClusterNode } from '../../elasticsearch/looks/nodes';
import { TOTAL_SHARDS_PER_NODE } from '../../elasticsearch/looks/picture';
import { readTraits } from '../../elasticsearch/looks/traits';
import { awarenessIn } from '../../elasticsearch/settings/awareness';
import { holdsShards, placesFor } from '../../elasticsearch/settings/roles';
import {
  AUTO_EXPAND,
  expands,
  numberSetting,
  readIndices,
  readSettings,
  writeIndexSettings,
  type IndexInfo,
} from '../../elasticsearch/settings/settings';
import { Deciders } from '../../elasticsearch/shards/deciders';
import { groupShards, type ShardCopy } from '../../elasticsearch/shards/table';
import { indexSettingsStep } from '../../elasticsearch/ledger/steps';
import { undoRecord } from '../../elasticsearch/ledger/undo';
import { plannedNodes } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { Scope } from '../../elasticsearch/scope';

/** How many replicas an index has. */
export const REPLICAS = 'index.number_of_replicas';
const NOT_ON = 'index.routing.allocation.exclude._name';
const PLANNED_REPLICAS = 'planned-replicas';
/** Id of the step that gives indices a replica for the time of the move. */
export const TEMPORARY_REPLICAS = 'temporary-replicas';

/** The changes to replicas that the plan wants and that are not made yet, by index. Pure. */
export function plannedChanges(plan: Plan, indices: IndexInfo[]): Record<string, Record<string, string>> {
  const changes = indices.flatMap((index) => {
    const wanted = plan.indices[index.name];
    if (!wanted) return [];
    const settings = {
      [REPLICAS]: String(wanted.replicas),
      ...(expands(index) && { [AUTO_EXPAND]: 'false' }),
    };
    return [[index.name, settings] as const];
  });
  return Object.fromEntries(changes);
}

/** In two steps: on the way back one is undone before the data goes home, the other after it. */
function plannedSteps(plan: Plan, indices: IndexInfo[]) {
  const lowered = (index: IndexInfo) => {
    const wanted = plan.indices[index.name]?.replicas;
    return wanted !== undefined && wanted < (numberSetting(index, REPLICAS) ?? 0);
  };
  const fewer = indices.filter((index) => lowered(index) && !expands(index));
  const others = indices.filter((index) => !fewer.includes(index));
  return [
    { id: PLANNED_REPLICAS, what: 'replicas as the plan has them', changes: plannedChanges(plan, others) },
    { id: FEWER_REPLICAS, what: 'fewer replicas, as the plan has them', changes: plannedChanges(plan, fewer) },
  ];
}

/**
 * Indices without a replica that get one for the time of the move, with the settings for it. The copy is made on the old
 * side (a filter keeps it off the new nodes until it is there), so that only the primary crosses the bridge. Left out is
 * what could not be placed there: its only copy moves with its node. Pure.
 * @param nodes of the cluster
 * @param deciders what the cluster will say to a second copy
 */
export function temporaryReplicas(
  plan: Plan,
  indices: IndexInfo[],
  nodes: Pick<ClusterNode, 'name' | 'roles'>[],
  deciders?: Deciders,
): Record<string, Record<string, string>> {
  const onOld = plannedNodes(plan).flatMap(({ nodeName, side }) => (side === 'old' ? [nodeName] : []));
  const old = nodes.filter(({ name }) => onOld.includes(name));
  const fresh = plannedNodes(plan).filter((node) => node.side === 'new');
  const changes = indices.flatMap((index) => {
    const limit = numberSetting(index, TOTAL_SHARDS_PER_NODE) ?? -1;
    const copies = 2 * (numberSetting(index, 'index.number_of_shards') ?? 1);
    const homes = placesFor(index.settings, old).map(({ name }) => name);
    const places = homes.length;
    // Wherever the only copy lies: in the zones of both sides together there may be no place beside it.
    const mayLie = (name: string, beside: string) => deciders?.allow(index.name, 2, [beside], name) ?? true;
    const hasRoom = (beside: string) => homes.some((name) => name !== beside && mayLie(name, beside));
    const fits = places > 1 && homes.every(hasRoom) && (limit <= 0 || copies <= limit * places);
    if (!index.open || !fits || expands(index) || plan.indices[index.name]) return [];
    if (numberSetting(index, REPLICAS) !== 0) return [];
    const there = index.settings[NOT_ON];
    const names = [...(typeof there === 'string' && there !== '' ? [there] : []), ...fresh.map((one) => one.nodeName)];
    return [[index.name, { [REPLICAS]: '1', [NOT_ON]: names.join(',') }] as const];
  });
  return Object.fromEntries(changes);
}

/** Makes the planned changes and gives temporary replicas; what was before is kept on the hub first. */
export async function changeIndices(scope: Scope, client: Client): Promise<LedgerEntry[]> {
  const indices = await readIndices(client);
  const entries: LedgerEntry[] = [];
  for (const { id, what, changes } of plannedSteps(scope.plan, indices)) {
    if (Object.keys(changes).length === 0) continue;
    const head = { id, phase: 'replicate' as const, summary: `${what}: ${Object.keys(changes).join(', ')}` };
    entries.push(await applyClusterStep(scope, await indexSettingsStep(client, head, changes, true)));
  }
  const wanted = scope.plan.replicate.noReplica === 'temporary-replica';
  const temporary = wanted ? await temporaryFor(scope.plan, indices, client) : {};
  if (Object.keys(temporary).length > 0) {
    const summary = `a replica for the time of the move: ${Object.keys(temporary).join(', ')}`;
    const head = { id: TEMPORARY_REPLICAS, phase: 'replicate' as const, summary };
    entries.push(await applyClusterStep(scope, await indexSettingsStep(client, head, temporary, false)));
  }
  return entries;
}

async function temporaryFor(plan: Plan, indices: IndexInfo[], client: Client) {
  const nodes = Object.entries(await readTraits(client)).map(([name, traits]) => ({ name, ...traits }));
  const data = nodes.filter(({ roles }) => holdsShards(roles));
  return temporaryReplicas(plan, indices, nodes, new Deciders(awarenessIn(await readSettings(client)), data, indices));
}

async function temporaryRecord(scope: Scope): Promise<[ClusterRecord, IndexUndo] | undefined> {
  const record = (await readLedger(scope)).find((one) => one.id === TEMPORARY_REPLICAS);
  return record?.undo.kind === 'index-settings' ? [record, record.undo] : undefined;
}

/** Lets the primaries of indices with a temporary replica leave the old side, once every copy of the index is there. */
export async function openTemporaries(scope: Scope, client: Client, table: ShardCopy[]): Promise<void> {
  const [record, undo] = (await temporaryRecord(scope)) ?? [];
  if (!record || !undo) return;
  const there = (await readIndices(client)).filter((index) => isRecorded(undo, index));
  const gone = Object.keys(undo.originals).filter((name) => !there.some((index) => index.name === name));
  await forgetIndices(scope, record, gone);
  for (const { name, settings } of there) {
    const before = undo.originals[name]?.[NOT_ON] ?? null;
    const copies = table.filter((copy) => copy.index === name);
    const started = copies.length > 0 && copies.every((copy) => copy.state === 'STARTED');
    if (!started || (settings[NOT_ON] ?? null) === before) continue;
    await writeIndexSettings(client, name, { [NOT_ON]: before });
  }
}

/**
 * Takes back the temporary replicas of indices whose primaries are all on the new side. Lowering the number of replicas
 * drops a replica and never the primary, so the copy that goes is the one on the old side, and the index stays green.
 * @param node only indices with a copy on this node
 * @returns the names of the indices
 */
export async function closeTemporaries(
  scope: Scope,
  client: Client,
  table: ShardCopy[],
  node: string,
): Promise<string[]> {
  const [record, undo] = (await temporaryRecord(scope)) ?? [];
  if (!record || !undo) return [];
  const lent = async () =>
    (await readIndices(client)).filter(
      (index) => isRecorded(undo, index) && index.settings[REPLICAS] !== undo.originals[index.name]?.[REPLICAS],
    );
  const fresh = new Set(plannedNodes(scope.plan).flatMap((one) => (one.side === 'new' ? [one.nodeName] : [])));
  const there = new Set((await lent()).map(({ name }) => name));
  const ready = groupByIndex(table).filter(
    ([name, copies]) =>
      there.has(name) &&
      copies.some((copy) => copy.node === node) &&
      copies.every((copy) => copy.state === 'STARTED' && (!copy.primary || fresh.has(copy.node ?? ''))),
  );
  for (const [name] of ready) {
    await undoRecord(client, { ...undo, originals: { [name]: undo.originals[name] ?? {} } });
  }
  if ((await lent()).length === 0) await endUntold(scope, record);
  return ready.map(([name]) => name);
}

/** Copies that stay: replicas for the time of the move are dropped, not moved, when their node is drained. */
export async function withoutTemporary(scope: Scope, copies: ShardCopy[], indices: IndexInfo[]): Promise<ShardCopy[]> {
  if (copies.length === 0) return copies;
  const [, undo] = (await temporaryRecord(scope)) ?? [];
  const lent = new Set(indices.flatMap((index) => (undo && isRecorded(undo, index) ? [index.name] : [])));
  return copies.filter((copy) => copy.primary || !lent.has(copy.index));
}

function groupByIndex(table: ShardCopy[]): [string, ShardCopy[]][] {
  const byIndex = new Map<string, ShardCopy[]>();
  for (const group of groupShards(table)) {
    byIndex.set(group.index, [...(byIndex.get(group.index) ?? []), ...group.copies]);
  }
  return [...byIndex];
}
