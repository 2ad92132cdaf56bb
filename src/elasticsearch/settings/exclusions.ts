import type { Client } from '@elastic/elasticsearch';
import { levelOf, readSettings, writeSettings, type ClusterSettings } from './settings';

/** The setting that keeps shards off nodes by name. */
export const EXCLUDE_BY_NAME = 'cluster.routing.allocation.exclude._name';

function namesIn(value: string | string[] | undefined): string[] {
  const parts = Array.isArray(value) ? value : (value ?? '').split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The exclusions in force. */
export function exclusionsIn(settings: ClusterSettings): string[] {
  return namesIn(settings.transient[EXCLUDE_BY_NAME] ?? settings.persistent[EXCLUDE_BY_NAME]);
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

/** Takes names out of the exclusions at both levels; what others put there stays. */
export async function removeExclusions(client: Client, names: string[]): Promise<void> {
  const settings = await readSettings(client);
  for (const level of ['persistent', 'transient'] as const) {
    const there = namesIn(settings[level][EXCLUDE_BY_NAME]);
    const rest = there.filter((name) => !names.includes(name));
    if (rest.length === there.length) continue;
    await writeSettings(client, { [level]: { [EXCLUDE_BY_NAME]: rest.length > 0 ? rest.join(',') : null } });
  }
}
