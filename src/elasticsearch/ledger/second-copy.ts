import {
  LARGEST_COPY,
  SETTINGS_BEFORE,
  type ClusterUndo,
  type KeptChange,
  type KeptName,
  type KeptRecord,
} from '../../contract/kept-record';
import type { FoundLost } from '../../contract/ledger';
import { hostRef } from '../../plan/hosts';
import { proofFailed } from '../proof';
import type { Scope } from '../scope';
import { hasEnded, mergeUndo, readLedger, type ClusterRecord, type IndexUndo } from './records';

/** What the run is to keep of a record, in case the hub loses it. */
export function copyOf(record: ClusterRecord): KeptChange {
  const { name, ...value } = record;
  const { id, at, phase, undo } = value;
  const head = { name, id, at, phase, ...(undo.kind === 'index-settings' && { planned: undo.planned }) };
  const copy: KeptChange =
    undo.kind === 'index-settings'
      ? { ...head, value: { ...value, undo: { ...undo, originals: {}, uuids: undefined } }, grouped: grouped(undo) }
      : { ...head, value };
  return JSON.stringify(copy).length > LARGEST_COPY ? head : copy;
}

/**
 * Which of these records the hub has lost, by id: changes that it has no record of from their time, and not because they ended.
 * Read-only.
 * @throws Error when its records can't be read or understood
 */
export async function lostOnHub(scope: Scope, names: KeptName[]): Promise<string[]> {
  if (names.length === 0) return [];
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  const ledger = await readLedger(scope);
  const kept = await scope.hosts.kept(hub);
  const lost = earliest(names).filter(({ name, id, at }) =>
    id === undefined
      ? !(name in kept)
      : !hasEnded(kept, name, at) && !ledger.some((record) => record.id === id && record.at === at),
  );
  return lost.map(({ name, id }) => id ?? name);
}

/**
 * Writes on the hub again what it has lost of these. What was recorded since on top of such a change joins its record: what was
 * read then may have been our own change.
 * @throws ApplicationFailure ProofFailed that names what was too large for a second copy; nothing is written then
 */
export async function keepAgain(scope: Scope, copies: KeptRecord[]): Promise<FoundLost> {
  const lost = await lostOnHub(scope, copies);
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  const of = (id: string) => copies.filter((copy): copy is KeptChange => 'id' in copy && copy.id === id);
  const large = lost.filter((id) => id !== SETTINGS_BEFORE && of(id).some(({ value }) => value === undefined));
  if (large.length > 0) {
    throw proofFailed(
      `${hub.name} has lost its record of ${large.join(', ')}, which was too large to be kept twice: put it back there from a backup of /var/lib/bigswitch`,
    );
  }
  const ledger = await readLedger(scope);
  for (const id of lost) {
    const [first, ...later] = [...of(id)].sort(byTime);
    if (first?.value === undefined) continue;
    const since = ledger.find((record) => record.id === id);
    const undos = [first, ...later].map(wholeUndo).concat(since ? [since.undo] : []);
    await scope.hosts.keep(hub, first.name, { ...first.value, undo: undos.reduce(mergeUndo) });
    if (since && since.name !== first.name) await scope.hosts.unkeep(hub, since.name);
  }
  const before = copies.find((copy) => copy.name === SETTINGS_BEFORE);
  if (before && lost.includes(SETTINGS_BEFORE)) await scope.hosts.keep(hub, SETTINGS_BEFORE, before.value);
  return { lost };
}

function grouped({ originals }: IndexUndo): KeptChange['grouped'] {
  const groups = new Map<string, NonNullable<KeptChange['grouped']>[number]>();
  for (const [index, settings] of Object.entries(originals)) {
    const key = JSON.stringify(settings);
    const group = groups.get(key) ?? { settings, indices: [] };
    group.indices.push(index);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function wholeUndo({ value, grouped: groups = [] }: KeptChange): ClusterUndo {
  if (value === undefined) throw new Error('a copy without its value');
  if (value.undo.kind !== 'index-settings') return value.undo;
  const originals = groups.flatMap(({ settings, indices }) => indices.map((index) => [index, settings] as const));
  return { ...value.undo, originals: Object.fromEntries(originals) };
}

/** Of each change the copy of its first record: later ones are of a time when the hub had lost that. */
function earliest(names: KeptName[]): KeptName[] {
  const first = new Map<string, KeptName>();
  for (const one of [...names].sort(byTime)) if (!first.has(one.id ?? one.name)) first.set(one.id ?? one.name, one);
  return [...first.values()];
}

function byTime({ at: a = '' }: KeptName, { at: b = '' }: KeptName): number {
  return a.localeCompare(b);
}
