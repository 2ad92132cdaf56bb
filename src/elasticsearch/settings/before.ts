import type { Client } from '@elastic/elasticsearch';
import type { z } from 'zod';
import { BEFORE_RECORD, SETTINGS_BEFORE, type KeptRecord } from '../../contract/kept-record';
import type { Scope } from '../scope';
import { hostRef } from '../../plan/hosts';
import { readLocalView } from '../looks/nodes';
import { quorumOf } from '../quorum';
import { EXCLUDE_BY_NAME, exclusionsIn, sameNames, type Levels } from './exclusions';
import { listIn, readSettings, sameValue } from './settings';
import { CONCURRENT_RECOVERIES, FILE_CHUNKS, MAX_BYTES_PER_SEC } from './throttle';

/** The setting that bounds how many nodes may be kept from voting. */
export const VOTING_CAP = 'cluster.max_voting_config_exclusions';
/** The setting that lets shards move by themselves. */
export const REBALANCE = 'cluster.routing.rebalance.enable';

/** Every cluster setting that a migration may change. */
const OURS = [EXCLUDE_BY_NAME, MAX_BYTES_PER_SEC, CONCURRENT_RECOVERIES, FILE_CHUNKS, VOTING_CAP, REBALANCE];

/** How the cluster was set before the migration. */
type Before = z.output<typeof BEFORE_RECORD>;

/**
 * Keeps on the hub which cluster it is and what is set in it, before anything is changed; what is kept already stays.
 * @returns what the run is to keep of that as well: of settings those that a migration changes, as others may be secrets
 */
export async function keepSettingsBefore(scope: Scope, client: Client): Promise<KeptRecord> {
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  const known = await readBefore(scope);
  if (known) return copyOfBefore(known);
  const { persistent, transient } = await readSettings(client);
  const { clusterUuid } = await readLocalView(client);
  const voteless = await (await quorumOf(client)).keptOut(client);
  const before = { persistent, transient, clusterUuid, voteless };
  await scope.hosts.keep(hub, SETTINGS_BEFORE, before);
  return copyOfBefore(before);
}

function copyOfBefore(before: Before): KeptRecord {
  const ours = (level: Before['persistent']) =>
    Object.fromEntries(Object.entries(level).filter(([key]) => OURS.includes(key)));
  const { persistent, transient } = before;
  const value = { ...before, persistent: ours(persistent), transient: ours(transient), oursOnly: true };
  return { name: SETTINGS_BEFORE, value };
}

/** Whether they are among the records of the hub: then join had begun. */
export function settingsAreKept(records: Record<string, unknown>): boolean {
  return SETTINGS_BEFORE in records;
}

/** How the cluster's settings differ from those before. */
export interface SettingsChange {
  /** Settings that a migration changes: these must be as they were. */
  ours: string[];
  /** Everything else: somebody else changed it meanwhile. */
  others: string[];
}

/**
 * Compares the cluster's settings with those that were kept on the hub; without a record none was ever changed.
 * @throws Error when the record can't be understood: what was before is then unknown
 */
export async function settingsChangedSince(scope: Scope, client: Client): Promise<SettingsChange> {
  const before = await readBefore(scope);
  if (before === undefined) return { ours: [], others: [] };
  const changed = differences(before, await readSettings(client));
  return {
    ours: changed.filter(({ key }) => OURS.includes(key)).map(told),
    // Of what others had set a copy knows nothing.
    others: before.oursOnly ? [] : changed.map(({ key }) => key).filter((key) => !OURS.includes(key)),
  };
}

/** What others had kept off or out before the migration, by name of the node; nothing where no record tells. */
export async function keptOffBefore(scope: Scope): Promise<{ excluded: string[]; voteless: string[] }> {
  const before = await readBefore(scope);
  return { excluded: before ? exclusionsIn(before) : [], voteless: before?.voteless ?? [] };
}

/**
 * What was kept on the hub before anything was changed; undefined where nothing was.
 * @throws Error when the record can't be understood
 */
export async function readBefore(scope: Scope): Promise<Before | undefined> {
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  const kept = (await scope.hosts.kept(hub))[SETTINGS_BEFORE];
  if (kept === undefined) return undefined;
  const before = BEFORE_RECORD.safeParse(kept);
  if (!before.success) throw new Error(`the record "${SETTINGS_BEFORE}" on host ${hub.name} can't be understood`);
  return before.data;
}

/** What the hub told of each world: it never changes while a migration goes on, and is asked for all the time. */
const knownUuids = new WeakMap<Scope, string>();

/**
 * Whether this is the uuid of the cluster that is moved, as far as the hub knows it: until join any is.
 * @throws Error when the hub can't be asked, or its record can't be understood
 */
export async function isOurCluster(scope: Scope, clusterUuid: string): Promise<boolean> {
  if (knownUuids.get(scope) === clusterUuid) return true;
  const known = (await readBefore(scope))?.clusterUuid;
  if (known !== undefined) knownUuids.set(scope, known);
  return known === undefined || known === clusterUuid;
}

function differences(before: Levels, now: Levels) {
  return (['persistent', 'transient'] as const).flatMap((level) => {
    const keys = [...new Set([...Object.keys(before[level]), ...Object.keys(now[level])])].sort();
    return keys
      .map((key) => ({ key, was: before[level][key] ?? null, is: now[level][key] ?? null }))
      .filter(({ key, was, is }) => {
        // Names count, not how they are written: an older release put none back as null.
        const same = key === EXCLUDE_BY_NAME ? sameNames(listIn(was ?? []), listIn(is ?? [])) : sameValue(was, is);
        return !same;
      });
  });
}

function told({ key, was, is }: ReturnType<typeof differences>[number]): string {
  const shown = (one: string | string[] | null) => (one === null ? 'not set' : `"${String(one)}"`);
  return `${key} is ${shown(is)} and was ${shown(was)}`;
}
