import { z } from 'zod';
import type { Scope } from '../scope';
import { PHASES } from '../../contract/phases';
import { hostRef } from '../../plan/hosts';

const settingValue = z.union([z.string(), z.array(z.string()), z.null()]);

/**
 * What a change of the cluster was before, as plain JSON, so that it can be undone by any worker at any time.
 * - `settings`: each key at its level, with its original value; null where there was none
 * - `exclusions`: names that we added to `cluster.routing.allocation.exclude._name`; `theirs` of them were at a level already
 * - `voting`: names that we keep out of the voting configuration, and those that others did
 * - `index-settings`: original values by index and key; `planned` where the plan wants the change to stay
 */
const clusterUndo = z.discriminatedUnion('kind', [
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
    originals: z.record(z.string(), z.record(z.string(), settingValue)),
    planned: z.boolean(),
  }),
]);

/** See the schema above: one record of what was before. */
export type ClusterUndo = z.output<typeof clusterUndo>;

const recordSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  phase: z.enum(PHASES),
  summary: z.string(),
  at: z.string(),
  undo: clusterUndo,
});

/** A change of the cluster as the hub keeps it. */
export type ClusterRecord = z.output<typeof recordSchema> & {
  /** Name of the record on the hub, `cluster-NNNN-id`; sorts by age. */
  name: string;
};

const NAME = /^cluster-(\d{4,})-/;

/**
 * The cluster's ledger, oldest first.
 * @throws Error when a record can't be understood: what was before is then unknown, and nothing may be done on top of it
 */
export async function readLedger(scope: Scope): Promise<ClusterRecord[]> {
  const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
  const kept = await scope.hosts.kept(hub);
  return Object.entries(kept)
    .filter(([name]) => NAME.test(name))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => {
      const parsed = recordSchema.safeParse(value);
      if (!parsed.success)
        throw new Error(`the record "${name}" on host ${hub.name} can't be understood; look at it by hand`);
      return { ...parsed.data, name };
    });
}

/** Writes a record; one with the same id is replaced under its own name. */
export async function writeRecord(
  scope: Scope,
  ledger: ClusterRecord[],
  record: Omit<ClusterRecord, 'name' | 'v'>,
): Promise<ClusterRecord> {
  const known = ledger.find((one) => one.id === record.id);
  const highest = ledger.reduce((max, one) => Math.max(max, Number(NAME.exec(one.name)?.[1] ?? 0)), 0);
  const name = known?.name ?? `cluster-${String(highest + 1).padStart(4, '0')}-${record.id}`;
  await scope.hosts.keep(hostRef(scope.plan, scope.plan.hosts.hub.name), name, { v: 1, ...record });
  return { v: 1, ...record, name };
}

/** Ends a record, after its undo was proven or because the change is to stay. */
export async function endRecord(scope: Scope, record: ClusterRecord): Promise<void> {
  await scope.hosts.unkeep(hostRef(scope.plan, scope.plan.hosts.hub.name), record.name);
}

/**
 * Takes indices out of a record that their owner has deleted: one that is made anew under the same name is not the one whose
 * settings are recorded, and must not get them.
 */
export async function forgetIndices(scope: Scope, record: ClusterRecord, gone: string[]): Promise<void> {
  const { id, phase, summary, at, undo } = record;
  if (undo.kind !== 'index-settings' || !gone.some((name) => undo.originals[name] !== undefined)) return;
  const left = Object.entries(undo.originals).filter(([name]) => !gone.includes(name));
  await writeRecord(scope, [record], {
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
    for (const [index, settings] of Object.entries(known.originals)) {
      originals[index] = { ...originals[index], ...settings };
    }
    return { ...known, originals };
  }
  throw new Error(`a record of kind "${known.kind}" can't become one of kind "${later.kind}"`);
}
