import { z } from 'zod';
import { PHASES } from './phases';

const settingValue = z.union([z.string(), z.array(z.string()), z.null()]);
const settings = z.record(z.string(), settingValue);

/**
 * What a change of the cluster was before, as plain JSON, so that it can be undone by any worker at any time.
 * - `settings`: each key at its level, with its original value; null where there was none
 * - `exclusions`: names that we added to `cluster.routing.allocation.exclude._name`; `theirs` of them were at a level already
 * - `voting`: names that we keep out of the voting configuration, and those that others did
 * - `index-settings`: original values by index and key; `planned` where the plan wants the change to stay; `uuids` tell one made anew
 */
export const CLUSTER_UNDO = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('settings'),
    originals: z.array(z.object({ level: z.enum(['persistent', 'transient']), key: z.string(), value: settingValue })),
  }),
  z.object({
    kind: z.literal('exclusions'),
    names: z.array(z.string()),
    // Records of an older version do not tell.
    theirs: z
      .object({ persistent: z.array(z.string()), transient: z.array(z.string()) })
      .default({ persistent: [], transient: [] }),
  }),
  z.object({ kind: z.literal('voting'), names: z.array(z.string()), keep: z.array(z.string()) }),
  z.object({
    kind: z.literal('index-settings'),
    originals: z.record(z.string(), settings),
    planned: z.boolean(),
    // Records of an older version, and second copies, do not tell.
    uuids: z.record(z.string(), z.string()).optional(),
  }),
]);

/** See the schema above: one record of what was before. */
export type ClusterUndo = z.output<typeof CLUSTER_UNDO>;

/** Id of the step by which indices have fewer replicas, as the plan wants it. */
export const FEWER_REPLICAS = 'planned-replicas-fewer';

/**
 * Whether a change of the cluster is put back before the data goes home: with more copies than old nodes it would never be home. Fewer
 * copies stay until it is: for more there may be no place while both sides are there.
 * @param planned whether the plan wants it to stay
 */
export function comesFirst({ id, planned }: { id: string; planned?: boolean }): boolean {
  return planned === true && id !== FEWER_REPLICAS;
}

/** A change of the cluster as it lies on the hub. */
export const CLUSTER_RECORD = z.object({
  v: z.literal(1),
  id: z.string(),
  phase: z.enum(PHASES),
  summary: z.string(),
  at: z.string(),
  undo: CLUSTER_UNDO,
});

/** Name of the record of how the cluster was set before the migration. */
export const SETTINGS_BEFORE = 'settings-before';

const set = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** How the cluster was set before the migration, as it lies on the hub. */
export const BEFORE_RECORD = z.object({
  persistent: set,
  transient: set,
  /** Absent where an older version kept the record. */
  clusterUuid: z.string().optional(),
  /** Names that were kept from voting; absent likewise. */
  voteless: z.array(z.string()).optional(),
  /** Only settings that a migration changes are told: it was written from the run's own copy. */
  oursOnly: z.boolean().optional(),
});

/** Indices that had the same settings before, so that a copy for thousands of them stays small. */
const GROUPED = z.object({ settings, indices: z.array(z.string()) });

/**
 * What a run keeps of a record on the hub, in its own history, in case the hub loses it. Of a change of indices they are grouped, and
 * the undo itself names none. Without a value it was too large to be kept twice.
 */
export const KEPT_RECORD = z.union([
  z.object({
    name: z.string().regex(/^cluster-\d{4,}-[a-zA-Z0-9.-]+$/),
    id: z.string(),
    at: z.string(),
    phase: z.enum(PHASES),
    planned: z.boolean().optional(),
    value: CLUSTER_RECORD.optional(),
    grouped: z.array(GROUPED).optional(),
  }),
  z.object({ name: z.literal(SETTINGS_BEFORE), value: BEFORE_RECORD }),
]);

/** Largest copy of one record, in characters of JSON: a run carries all of them, and payloads end at 2 MB. */
export const LARGEST_COPY = 100_000;

/** One that comes with a message: bounded as a whole, since what is in it are names of the cluster's own. */
export const KEPT_BY_MESSAGE = z.unknown().transform((value, context) => {
  const { success, data } = KEPT_RECORD.safeParse(value);
  if (success && JSON.stringify(data).length <= LARGEST_COPY) return data;
  context.addIssue('is no copy of a record, or too large');
  return z.NEVER;
});

/** See the schema above. */
export type KeptRecord = z.output<typeof KEPT_RECORD>;
/** Which record it is, without what it says. */
export interface KeptName {
  name: string;
  /** Of a change: its id, and the ISO 8601 time of its record. */
  id?: string;
  at?: string;
}
/** That of one change. */
export type KeptChange = Extract<KeptRecord, { at: string }>;
