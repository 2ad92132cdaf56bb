import type { Client } from '@elastic/elasticsearch';
import type { Scope } from '../scope';
import type { UndoResult } from '../../contract/ledger';
import { readBefore } from '../settings/before';
import { exclusionsByLevel, removeExclusions, type Levels, type NamesByLevel } from '../settings/exclusions';
import type { ClusterUndo } from '../../contract/kept-record';
import { endRecord, isRecorded, readLedger, type ClusterRecord, type IndexUndo } from './records';
import { reachCluster } from '../looks/reach';
import {
  readIndices,
  readSettings,
  sameValue,
  writeIndexSettings,
  writeSettings,
  type SettingValue,
} from '../settings/settings';
import { notKeptOut, quorumOf } from '../quorum';

/** How records are undone. */
export interface UndoOptions {
  /** Side that is asked first. */
  prefer: 'old' | 'new';
  /** Which records; default: all of them. */
  select?: (record: ClusterRecord) => boolean;
}

/**
 * Undoes the recorded changes of the cluster, newest first. A record ends only after its undo was read back.
 * @throws Error when something can't be put back; what was not undone stays recorded
 */
export async function undoCluster(scope: Scope, options: UndoOptions): Promise<UndoResult> {
  const records = (await readLedger(scope)).filter(options.select ?? (() => true)).reverse();
  const undone: string[] = [];
  if (records.length > 0) {
    const { client } = await reachCluster(scope, options.prefer);
    const before = await readBefore(scope);
    for (const record of records) {
      await undoRecord(client, record.undo, before);
      await endRecord(scope, record);
      undone.push(record.id);
    }
  }
  return { host: scope.plan.hosts.hub.name, undone };
}

/**
 * Puts back what one record says, and proves it. Doing it twice changes nothing.
 * @param before the settings before the migration: exclusions of others are written as they were
 */
export async function undoRecord(client: Client, undo: ClusterUndo, before?: Levels): Promise<void> {
  switch (undo.kind) {
    case 'settings':
      return undoSettings(client, undo.originals);
    case 'exclusions':
      return undoExclusions(client, undo.names, undo.theirs, before);
    case 'voting':
      return undoVoting(client, undo.names, undo.keep);
    case 'index-settings':
      return undoIndexSettings(client, undo);
  }
}

async function undoSettings(
  client: Client,
  originals: Extract<ClusterUndo, { kind: 'settings' }>['originals'],
): Promise<void> {
  const changes: { persistent: Record<string, SettingValue>; transient: Record<string, SettingValue> } = {
    persistent: {},
    transient: {},
  };
  for (const { level, key, value } of originals) changes[level][key] = value;
  await writeSettings(client, {
    ...(Object.keys(changes.persistent).length > 0 && { persistent: changes.persistent }),
    ...(Object.keys(changes.transient).length > 0 && { transient: changes.transient }),
  });
  const now = await readSettings(client);
  const wrong = originals.filter(({ level, key, value }) => !sameValue(now[level][key] ?? null, value));
  if (wrong.length > 0) throw new Error(`settings were not put back: ${wrong.map((one) => one.key).join(', ')}`);
}

async function undoExclusions(
  client: Client,
  names: string[],
  theirs: NamesByLevel,
  before: Levels | undefined,
): Promise<void> {
  await removeExclusions(client, names, theirs, before);
  const now = exclusionsByLevel(await readSettings(client), names);
  const left = (['persistent', 'transient'] as const).flatMap((level) =>
    now[level].filter((name) => !theirs[level].includes(name)),
  );
  if (left.length > 0) throw new Error(`exclusions were not removed: ${left.join(', ')}`);
}

async function undoVoting(client: Client, names: string[], keep: string[]): Promise<void> {
  const quorum = await quorumOf(client);
  const now = await quorum.keptOut(client);
  const wanted = [...new Set([...keep, ...now.filter((name) => !names.includes(name))])];
  // The API only clears all of them; after a crash in between, those of others come back from the record.
  if (now.some((name) => names.includes(name))) await quorum.letAllIn(client);
  const left = await quorum.keptOut(client);
  await quorum.keepOut(
    client,
    wanted.filter((name) => !left.includes(name)),
  );
  const after = await quorum.keptOut(client);
  const wrong = [...after.filter((name) => names.includes(name)), ...(await notKeptOut(client, wanted))];
  if (wrong.length > 0) throw new Error(`voting exclusions were not put back: ${wrong.join(', ')}`);
}

/** An index that was made anew under the same name is another, and gets nothing. */
async function undoIndexSettings(client: Client, undo: IndexUndo): Promise<void> {
  const recorded = async () => (await readIndices(client)).filter((index) => isRecorded(undo, index));
  for (const { name } of await recorded()) await writeIndexSettings(client, name, undo.originals[name] ?? {});
  for (const index of await recorded()) {
    for (const [key, value] of Object.entries(undo.originals[index.name] ?? {})) {
      if (!sameValue(index.settings[key] ?? null, value)) {
        throw new Error(`index ${index.name}: ${key} was not put back`);
      }
    }
  }
}
