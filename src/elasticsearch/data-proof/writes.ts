import type { ShardGroup } from '../shards/table';
import { behind, goalsOf, type Behind } from './compare';
import { readCopies, shardKey, type CopyStates } from './copies';
import { readShards } from '../shards/table';
import type { DataLook, Found } from './look';

/** Longest time for copies to get the writes that were under way, in seconds. */
const WAIT_SECONDS = 30;
/** Milliseconds before the second look, as most writes arrive at once; each further pause is twice as long, up to the last figure. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** How far every copy was when it was looked at last; of shards that still exist. */
export interface Writes extends Found {
  states: CopyStates;
  /** Groups whose index still exists. */
  groups: ShardGroup[];
}

/**
 * Whether every copy of the compared shards has each write that any of them knew of at the first look. Only the sequence
 * numbers of that look count, so writes that go on can delay the answer but never change it.
 * @throws Error when a copy doesn't answer
 */
export async function everyCopyHasEveryWrite({ deps, client, compared, nameOf }: DataLook): Promise<Writes> {
  const read = (groups: ShardGroup[]) =>
    readCopies(client, [...new Set(groups.map((group) => group.index))], () => deps.heartbeat());
  const states = await read(compared.groups);
  const goals = goalsOf(states);
  const end = Date.now() + WAIT_SECONDS * 1000;
  let { groups } = compared;
  let late = lacking(groups, states, goals);
  for (let pause = FIRST_PAUSE_MS; late.length > 0 && Date.now() < end; pause *= 2) {
    await deps.sleep(Math.min(pause, LONGEST_PAUSE_MS));
    const there = new Set((await readShards(client)).map((copy) => copy.index));
    groups = groups.filter((group) => there.has(group.index));
    const open = groups.filter((group) => late.some((one) => one.index === group.index));
    for (const [key, copies] of await read(open)) states.set(key, copies);
    late = lacking(open, states, goals);
  }
  const indices = new Set(groups.map((group) => group.index)).size;
  const copies = groups.reduce((sum, group) => sum + group.copies.length, 0);
  return {
    states: new Map(groups.map((group) => [shardKey(group), states.get(shardKey(group)) ?? []])),
    groups,
    seen: `${copies} copies of ${groups.length} shards in ${indices} indices${alone(compared.onlyCopies)}`,
    different: late.sort((a, b) => b.writes - a.writes).map((one) => ({ index: one.index, what: told(one, nameOf) })),
    notCompared: [],
  };
}

function alone(shards: number): string {
  return shards > 0 ? `; without a second copy: ${shards} more` : '';
}

function lacking(groups: ShardGroup[], states: CopyStates, goals: Map<string, number>): Behind[] {
  return groups.flatMap((group) => {
    const key = shardKey(group);
    return behind(group, states.get(key), goals.get(key) ?? -1);
  });
}

function told({ shard, nodeId, writes }: Behind, nameOf: (id: string) => string): string {
  if (nodeId === undefined) return `not every copy of shard ${shard} says how far it is`;
  const copy = `shard ${shard} on ${nameOf(nodeId)}`;
  return Number.isFinite(writes) ? `${copy} lacks ${writes} writes` : `${copy} does not say how far it is`;
}

/** Documents in the primaries of the compared shards. */
export function documentsIn({ states }: Writes): number {
  return [...states.values()].reduce((sum, copies) => sum + (copies.find((one) => one.primary)?.documents ?? 0), 0);
}
