import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, refusalOf } from '../client/ask';

/** Value of a setting; null removes it. */
export type SettingValue = string | string[] | null;

/** Where a cluster setting is stored; transient wins over persistent. */
export type SettingLevel = 'persistent' | 'transient';

/** Whether two values of a setting mean the same; the API shows a list as a string or as an array. */
export function sameValue(a: SettingValue, b: SettingValue): boolean {
  const text = (value: SettingValue) => (Array.isArray(value) ? value.join(',') : value);
  return text(a) === text(b);
}

/** The parts of a setting that is a list, however it is written. */
export function listIn(value: string | string[] | undefined): string[] {
  const parts = Array.isArray(value) ? value : (value ?? '').split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const value = z.union([z.string(), z.array(z.string())]);
const flat = z.record(z.string(), value);
/** A default may be null (`xpack.security.user`): it is not set then. */
const defaults = z
  .record(z.string(), value.nullable())
  .transform((all) =>
    Object.fromEntries(Object.entries(all).flatMap(([key, one]) => (one === null ? [] : [[key, one]]))),
  )
  .pipe(flat);
const settingsSchema = z.object({ persistent: flat, transient: flat, defaults });

/** The cluster's settings with flat keys. */
export type ClusterSettings = z.output<typeof settingsSchema>;

/** All cluster settings, defaults included. */
export function readSettings(client: Client): Promise<ClusterSettings> {
  return askCluster(client, settingsSchema, {
    path: '/_cluster/settings',
    query: { flat_settings: true, include_defaults: true },
  });
}

/** The value in force: transient, else persistent, else the default. */
export function effective(settings: ClusterSettings, key: string): string | string[] | undefined {
  return settings.transient[key] ?? settings.persistent[key] ?? settings.defaults[key];
}

/** The level at which a key must be written to have an effect: where it is transient, a persistent value is shadowed. */
export function levelOf(settings: ClusterSettings, key: string): SettingLevel {
  return settings.transient[key] === undefined ? 'persistent' : 'transient';
}

const acknowledged = z.object({ acknowledged: z.boolean() });

/**
 * Writes cluster settings.
 * @throws Error when not every node acknowledged in time, so that the caller looks again
 */
export async function writeSettings(
  client: Client,
  changes: Partial<Record<SettingLevel, Record<string, SettingValue>>>,
): Promise<void> {
  const answer = await askCluster(client, acknowledged, {
    method: 'PUT',
    path: '/_cluster/settings',
    query: { flat_settings: true },
    body: changes,
  });
  if (!answer.acknowledged) throw new Error('PUT /_cluster/settings: not acknowledged by every node in time');
}

const indicesSchema = z.object({
  metadata: z
    .object({
      indices: z.record(z.string(), z.object({ state: z.enum(['open', 'close']), settings: flat })).default({}),
    })
    .default({ indices: {} }),
  cluster_name: z.string(),
});

/** Settings of an index: flat keys, each with its `index.` prefix. */
export type IndexSettings = Record<string, string | string[]>;

/** An index as its metadata has it. */
export interface IndexInfo {
  name: string;
  open: boolean;
  settings: IndexSettings;
}

/** Every index, hidden, system and closed ones included. */
export async function readIndices(client: Client): Promise<IndexInfo[]> {
  const answer = await askCluster(client, indicesSchema, {
    path: '/_cluster/state/metadata',
    heavy: true,
    query: {
      flat_settings: true,
      filter_path: 'cluster_name,metadata.indices.*.state,metadata.indices.*.settings',
    },
  });
  return Object.entries(answer.metadata.indices)
    .map(([name, { state, settings }]) => ({ name, open: state === 'open', settings }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Which index it is, whatever its name: one that is made anew under the same name has another. */
export function uuidOf({ settings }: Pick<IndexInfo, 'settings'>): string | undefined {
  const uuid = settings['index.uuid'];
  return typeof uuid === 'string' ? uuid : undefined;
}

/** A whole-number index setting; undefined when it is not set or not a number. */
export function numberSetting(index: IndexInfo, key: string): number | undefined {
  const text = index.settings[key];
  return typeof text === 'string' && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** How many replicas an index has by itself, as a range of numbers or `all`; "false" for none by itself. */
export const AUTO_EXPAND = 'index.auto_expand_replicas';

/** Whether the number of an index's replicas follows the number of nodes by itself. */
export function expands(index: IndexInfo): boolean {
  return (index.settings[AUTO_EXPAND] ?? 'false') !== 'false';
}

/** The fewest replicas to which an index shrinks that expands by itself; undefined for one that does not. */
export function leastReplicas(index: IndexInfo): number | undefined {
  const range = index.settings[AUTO_EXPAND];
  const match = typeof range === 'string' ? /^(\d+)-(\d+|all)$/.exec(range) : null;
  return match ? Number(match[1]) : undefined;
}

/**
 * Writes settings of one index.
 * @returns whether there is such an index: its owner may have deleted it since it was looked at, and then nothing is left to do
 */
export async function writeIndexSettings(
  client: Client,
  index: string,
  changes: Record<string, SettingValue>,
): Promise<boolean> {
  try {
    const answer = await askCluster(client, acknowledged, {
      method: 'PUT',
      path: `/${encodeURIComponent(index)}/_settings`,
      query: { expand_wildcards: 'all' },
      body: changes,
    });
    if (!answer.acknowledged) throw new Error(`PUT /${index}/_settings: not acknowledged by every node in time`);
    return true;
  } catch (error) {
    if (refusalOf(error)?.status === 404) return false;
    throw error;
  }
}
