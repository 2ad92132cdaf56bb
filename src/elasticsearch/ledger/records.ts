import type { z } from 'zod';
import { CLUSTER_RECORD, type ClusterUndo } from '../../contract/kept-record';
import type { Scope } from '../scope';
import { uuidOf, type IndexInfo } from '../settings/settings';
import { hostRef } from '../../plan/hosts';

/** A change of the cluster as the hub keeps it. */
export type ClusterRecord = z.output<typeof CLUSTER_RECORD> & {
  /** Name of the record on the hub, `cluster-NNNN-id`; sorts by age. */
  name: string;
};

const NAME = /^cluster-(\d{4,})-/;
/** What was before, of a change of indices. */
export type IndexUndo = Extract<ClusterUndo, { kind: 'index-settings' }>;
/** Begins the name of a note on the hub: the record of the name that follows has ended. */
const ENDED = 'ended-';

/**
 * The cluster's ledger, oldest first.
 * @throws Error when a record can't be understood: what was before is then unknown, and nothing may be done on top of it
 */
export async function readLedger(scope: Scope): Promise<ClusterRecord[]> {
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  const kept = await scope.hosts.kept(hub);
  const records = Object.entries(kept)
    .filter(([name]) => NAME.test(name))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => {
      const parsed = CLUSTER_RECORD.safeParse(value);
      if (!parsed.success)
        throw new Error(`the record "${name}" on host ${hub.name} can't be understood; look at it by hand`);
      return { ...parsed.data, name };
    });
  // Two with one number are of before and after a loss of the record: then their times tell.
  const isTwice = new Set(records.map(numberOf)).size < records.length;
  return isTwice ? records.sort((a, b) => a.at.localeCompare(b.at)) : records;
}

function numberOf({ name }: ClusterRecord): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}

/** Writes a record; one with the same id is replaced under its own name. */
export async function writeRecord(
  scope: Scope,
  ledger: ClusterRecord[],
  record: Omit<ClusterRecord, 'name' | 'v'>,
): Promise<ClusterRecord> {
  const known = ledger.find((one) => one.id === record.id);
  const highest = ledger.reduce((max, one) => Math.max(max, numberOf(one)), 0);
  const name = known?.name ?? `cluster-${String(highest + 1).padStart(4, '0')}-${record.id}`;
  await scope.hosts.keep(hostRef(scope.plan, scope.plan.hosts.hub.name), name, { v: 1, ...record });
  return { v: 1, ...record, name };
}

/** Ends a record, after its undo was proven or because the change is to stay. */
export async function endRecord(scope: Scope, record: ClusterRecord): Promise<void> {
  await scope.hosts.unkeep(hostRef(scope.plan, scope.plan.hosts.hub.name), record.name);
}

/** Ends a record whose change was taken back while nobody told the run: it is noted that it was not lost. */
export async function endUntold(scope: Scope, record: ClusterRecord): Promise<void> {
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  await scope.hosts.keep(hub, `${ENDED}${record.name}`, { at: new Date().toISOString() });
  await endRecord(scope, record);
}

/**
 * Whether the record of this name has ended so, by what the hub keeps.
 * @param at when it was written, ISO 8601: a later one may have been given the same name
 */
export function hasEnded(kept: Record<string, unknown>, name: string, at = ''): boolean {
  const note = kept[`${ENDED}${name}`] as { at?: unknown } | undefined;
  return typeof note?.at === 'string' && note.at >= at;
}

/** Whether the index of that name is the one whose settings are recorded, and none that was made anew in its place. */
export function isRecorded({ originals, uuids = {} }: IndexUndo, index: IndexInfo): boolean {
  const recorded = uuids[index.name];
  const now = uuidOf(index);
  return originals[index.name] !== undefined && (recorded === undefined || now === undefined || recorded === now);
}

/**
 * Takes indices out of a record that their owner has deleted: one that is made anew under the same name is not the one whose
 * settings are recorded, and must not get them.
 * @returns the record as it is from there on
 */
export async function forgetIndices(scope: Scope, record: ClusterRecord, gone: string[]): Promise<ClusterRecord> {
  const { id, phase, summary, at, undo } = record;
  if (undo.kind !== 'index-settings' || !gone.some((name) => undo.originals[name] !== undefined)) {
    return record;
  }
  const left = Object.entries(undo.originals).filter(([name]) => !gone.includes(name));
  return writeRecord(scope, [record], {
    ...{ id, phase, summary, at },
    undo: { ...undo, originals: Object.fromEntries(left) },
  });
}

/**
 * One record out of two of the same step: what is already known of the time before always wins over what is read later,
 * which may be our own change.
 */
export function mergeUndo(known: ClusterUndo, later: ClusterUndo): ClusterUndo {
  if (known.kind === 'settings' && later.kind === 'settings') {
    // At the other level it is another setting, which somebody has made meanwhile.
    const isKnown = ({ key, level }: (typeof later.originals)[number]) =>
      known.originals.some((old) => old.key === key && old.level === level);
    const fresh = later.originals.filter((one) => !isKnown(one));
    return { ...known, originals: [...known.originals, ...fresh] };
  }
  if (known.kind === 'exclusions' && later.kind === 'exclusions') {
    const fresh = (names: string[]) => names.filter((name) => !known.names.includes(name));
    const theirs = {
      persistent: [...known.theirs.persistent, ...fresh(later.theirs.persistent)],
      transient: [...known.theirs.transient, ...fresh(later.theirs.transient)],
    };
    return { ...known, names: [...known.names, ...fresh(later.names)], theirs };
  }
  if (known.kind === 'voting' && later.kind === 'voting') {
    return {
      ...known,
      names: [...new Set([...known.names, ...later.names])],
      keep: [...new Set([...known.keep, ...later.keep])],
    };
  }
  if (known.kind === 'index-settings' && later.kind === 'index-settings') {
    const originals = { ...later.originals };
    const uuids = { ...known.uuids, ...later.uuids };
    for (const [index, settings] of Object.entries(known.originals)) {
      const isAnew = known.uuids?.[index] !== undefined && known.uuids[index] !== uuids[index];
      if (!isAnew) originals[index] = { ...originals[index], ...settings };
    }
    return { ...known, originals, ...(Object.keys(uuids).length > 0 && { uuids }) };
  }
  throw new Error(`a record of kind "${known.kind}" can't become one of kind "${later.kind}"`);
}
