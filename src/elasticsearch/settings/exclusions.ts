import type { Client } from '@elastic/elasticsearch';
import { levelOf, listIn, readSettings, writeSettings, type ClusterSettings, type SettingLevel } from './settings';

/** The setting that keeps shards off nodes by name. */
export const EXCLUDE_BY_NAME = 'cluster.routing.allocation.exclude._name';

/** Settings by level, without the defaults. */
export type Levels = Pick<ClusterSettings, SettingLevel>;

/** Whether two lists have the same names, in any order. */
export function sameNames(a: string[], b: string[]): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join();
}

/** The exclusions in force. */
export function exclusionsIn(settings: Levels): string[] {
  return listIn(settings.transient[EXCLUDE_BY_NAME] ?? settings.persistent[EXCLUDE_BY_NAME]);
}

/** Names (and patterns) of nodes that shards are kept off. */
export async function readExclusions(client: Client): Promise<string[]> {
  return exclusionsIn(await readSettings(client));
}

/** Adds names to the exclusions that are there, at the level at which they are in force. */
export async function addExclusions(client: Client, names: string[]): Promise<void> {
  const settings = await readSettings(client);
  const there = exclusionsIn(settings);
  const missing = names.filter((name) => !there.includes(name));
  if (missing.length === 0) return;
  const level = levelOf(settings, EXCLUDE_BY_NAME);
  await writeSettings(client, { [level]: { [EXCLUDE_BY_NAME]: [...there, ...missing].join(',') } });
}

/** Names at each of the two levels, in force or not. */
export type NamesByLevel = Record<SettingLevel, string[]>;

/** At which levels these names are excluded already: a transient list hides a persistent one, which is there all the same. */
export function exclusionsByLevel({ persistent, transient }: ClusterSettings, names: string[]): NamesByLevel {
  const among = (list: string[]) => list.filter((name) => names.includes(name));
  return {
    persistent: among(listIn(persistent[EXCLUDE_BY_NAME])),
    transient: among(listIn(transient[EXCLUDE_BY_NAME])),
  };
}

/**
 * Takes names out of the exclusions at both levels; what others put there stays.
 * @param theirs where a name was before us, and so stays
 * @param before the settings before us: a value with the same names is written as it was, `""` or with blanks
 */
export async function removeExclusions(
  client: Client,
  names: string[],
  theirs: NamesByLevel,
  before?: Levels,
): Promise<void> {
  const settings = await readSettings(client);
  for (const level of ['persistent', 'transient'] as const) {
    const there = listIn(settings[level][EXCLUDE_BY_NAME]);
    const rest = there.filter((name) => !names.includes(name) || theirs[level].includes(name));
    if (rest.length === there.length) continue;
    const was = before?.[level][EXCLUDE_BY_NAME];
    const value = sameNames(listIn(was), rest) ? was : rest.join(',');
    await writeSettings(client, { [level]: { [EXCLUDE_BY_NAME]: value ?? null } });
  }
}
