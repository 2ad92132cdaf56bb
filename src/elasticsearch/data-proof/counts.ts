import pMap from 'p-map';
import type { NamedIndex } from '../../contract/data-proof';
import { unevenGroups } from './compare';
import { countOn, readCopies, shardKey, showNewest, type CopyStates } from './copies';
import { readIndices } from '../settings/settings';
import type { ShardGroup } from '../shards/table';
import type { DataLook, Found } from './look';
import { refusedToRead } from './refused';
import { documentsIn, type Writes } from './writes';

/** Shards whose copies are counted by a search, because their figures differ; the others are told as not compared. */
const MOST_COUNTED = 50;
const SIDE_BY_SIDE = 4;
/**
 * Milliseconds before each further count, where a copy did not show its newest documents when it was asked to. They are only
 * waited for while nobody writes: of a shard that is written to, the next count would tell no more than the last one.
 */
const PAUSES_MS = [100, 1_500, 3_000];
/** Refresh intervals so short that to refresh at once disturbs nobody, and that are over within these pauses. */
const SOON = /^(\d{1,3}ms|[1-3]s)$/;

/**
 * Whether the copies of each shard hold the same number of documents. Copies show their newest writes at different moments,
 * so those that differ are made to show all, and counted again; a difference counts only while nobody writes to the shard.
 * @throws Error when a copy can't be counted
 */
export async function sameNumberOfDocuments(look: DataLook, writes: Writes): Promise<Found> {
  const { client, deps } = look;
  const uneven = unevenGroups(writes.groups, writes.states);
  const [closely, rest] = [uneven.slice(0, MOST_COUNTED), uneven.slice(MOST_COUNTED)];
  const different: NamedIndex[] = [];
  const notCompared = rest.map(({ index }) => ({
    index,
    what: 'more indices differ at one moment than are looked into',
  }));
  const before = writes.states;
  const slow = uneven.length > 0 ? await refreshedSeldom(look) : new Map<string, string>();
  const names = new Set(closely.map(({ index }) => index).filter((index) => !slow.has(index)));
  await showNewest(client, [...names]);
  const open: { group: ShardGroup; counts: string }[] = [];
  await pMap(
    closely,
    async (group) => {
      try {
        const counts = await countUntilEven(look, group, writes);
        if (counts !== undefined) open.push({ group, counts });
      } catch (error) {
        const why = refusedToRead(group.index, error);
        if (why === undefined) throw error;
        if (why !== 'gone') notCompared.push({ index: group.index, what: why });
      }
    },
    { concurrency: SIDE_BY_SIDE },
  );
  if (open.length > 0) {
    const now = await readCopies(client, [...new Set(open.map(({ group }) => group.index))], () => deps.heartbeat());
    for (const { group, counts } of open) {
      const { index } = group;
      if (written(group, before, now))
        notCompared.push({ index, what: 'is written to, so its copies differ at any one moment' });
      else if (slow.has(index)) notCompared.push({ index, what: `shows new documents only every ${slow.get(index)}` });
      else different.push({ index, what: `shard ${group.shard} has ${counts}` });
    }
  }
  const documents = documentsIn(writes).toLocaleString('en-US');
  const once = [...new Map(notCompared.map((one) => [one.index, one])).values()];
  return { seen: `${documents} documents in ${writes.groups.length} shards`, different, notCompared: once };
}

/** @returns the counts that still differ, in words; undefined as soon as they are even */
async function countUntilEven(look: DataLook, group: ShardGroup, { states }: Writes): Promise<string | undefined> {
  const { client, deps, nameOf } = look;
  const nodes = (states.get(shardKey(group)) ?? []).map((copy) => copy.nodeId);
  const count = () => Promise.all(nodes.map((node) => countOn(client, group.index, group.shard, node)));
  let counts = await count();
  for (const pause of PAUSES_MS) {
    if (new Set(counts).size <= 1) return undefined;
    await deps.sleep(pause);
    deps.heartbeat();
    counts = await count();
    if (written(group, states, await readCopies(client, [group.index], () => deps.heartbeat()))) break;
  }
  if (new Set(counts).size <= 1) return undefined;
  return nodes.map((node, i) => `${counts[i] ?? '?'} documents on ${nameOf(node)}`).join(', ');
}

/** Whether somebody wrote to the shard between two looks. */
function written(group: ShardGroup, before: CopyStates, now: CopyStates): boolean {
  const highest = (states: CopyStates) =>
    Math.max(...(states.get(shardKey(group)) ?? []).map((one) => one.maxSeqNo ?? -1));
  return highest(before) !== highest(now);
}

/** Indices that are told to show new documents less often than usual, each with its interval. */
async function refreshedSeldom({ client }: DataLook): Promise<Map<string, string>> {
  const told = (await readIndices(client)).map(
    ({ name, settings }) => [name, settings['index.refresh_interval']] as const,
  );
  return new Map(
    told.flatMap(([name, interval]) =>
      typeof interval === 'string' && !SOON.test(interval) ? [[name, interval]] : [],
    ),
  );
}
