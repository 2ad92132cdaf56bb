import pMap from 'p-map';
import type { NamedIndex } from '../../contract/data-proof';
import { compare, stays, type Both, type Verdict } from './compare';
import { shardKey } from './copies';
import { pickDocuments, readDocuments, type DocumentRef } from './sample-documents';
import type { Pair } from './compared';
import type { DataLook, Found } from './look';
import { refusedToRead } from './refused';
import type { Writes } from './writes';

/** Shards that are sampled: half of them those with most documents, the others at random. */
const MOST_SHARDS = 100;
/** Documents of each, half of them found on each side, and the bytes that they may have together. */
const DOCUMENTS = 10;
const MOST_BYTES = 4 * 1024 ** 2;
const SIDE_BY_SIDE = 4;
/** Milliseconds before documents that differ are read again: most were written between two reads, and are the same at once. */
const PAUSES_MS = [100, 1_000, 3_000];

/** How many documents of how many shards were read from both sides. */
export interface Sample {
  documents: number;
  shards: number;
}

/**
 * Whether sampled documents are the same when they are read from a copy on each side. Those that differ are read again; only
 * a difference that stays counts, as apps write all the time.
 * @param sample is filled with what was read
 * @throws Error when documents can't be read
 */
export async function sameDocuments(look: DataLook, writes: Writes, sample: Sample): Promise<Found> {
  const different: NamedIndex[] = [];
  const notCompared = new Map<string, string>();
  const chosen = choose(look.compared.pairs, writes);
  const lookAt = async (pair: Pair) => {
    const { index, shard } = pair.group;
    try {
      const { same, unlike, noSource } = await compareSample(look, pair, writes);
      sample.documents += same + unlike;
      sample.shards += same + unlike > 0 ? 1 : 0;
      if (noSource > 0) notCompared.set(index, 'keeps no _source');
      if (unlike > 0)
        different.push({ index, what: `${unlike} of ${same + unlike} documents of shard ${shard} differ` });
    } catch (error) {
      const why = refusedToRead(index, error);
      if (why === undefined) throw error;
      if (why !== 'gone') notCompared.set(index, why);
    }
  };
  await pMap(chosen, lookAt, { concurrency: SIDE_BY_SIDE });
  const paired = new Set(look.compared.pairs.map(({ group }) => group));
  for (const group of look.compared.groups) {
    if (!paired.has(group)) notCompared.set(group.index, `shard ${group.shard} has no copy on both sides`);
  }
  const [left, right] = look.compared.between;
  return {
    seen: `${sample.documents} documents of ${sample.shards} shards, read from ${left} and ${right}`,
    different,
    notCompared: [...notCompared].map(([index, what]) => ({ index, what })),
  };
}

/** Shards that hold something: all of them, or of many the largest and some others. */
function choose(pairs: Pair[], { states }: Writes): Pair[] {
  const documents = ({ group }: Pair) =>
    Math.max(0, ...(states.get(shardKey(group)) ?? []).map((one) => one.documents ?? 0));
  const filled = pairs.filter((pair) => documents(pair) > 0).sort((a, b) => documents(b) - documents(a));
  if (filled.length <= MOST_SHARDS) return filled;
  const largest = filled.slice(0, MOST_SHARDS / 2);
  const others = filled.slice(MOST_SHARDS / 2).map((pair) => ({ pair, at: Math.random() }));
  const some = others.sort((a, b) => a.at - b.at).slice(0, MOST_SHARDS / 2);
  return [...largest, ...some.map(({ pair }) => pair)];
}

async function compareSample(look: DataLook, pair: Pair, { states }: Writes) {
  const { client, deps, idOf } = look;
  const { index, shard, copies } = pair.group;
  const known = states.get(shardKey(pair.group)) ?? [];
  const maxSeqNo = Math.max(0, ...known.map((one) => one.maxSeqNo ?? 0));
  const documents = Math.max(1, ...known.map((one) => one.documents ?? 0));
  const bytesOfOne = Math.max(1, Math.max(...copies.map((copy) => copy.bytes)) / documents);
  const size = Math.ceil(Math.min(DOCUMENTS, MOST_BYTES / bytesOfOne) / 2);
  const left = { index, shard, nodeId: idOf(pair.left) };
  const right = { index, shard, nodeId: idOf(pair.right) };
  const found = [
    ...(await pickDocuments(client, left, maxSeqNo, size)),
    ...(await pickDocuments(client, right, maxSeqNo, size)),
  ];
  const once = [...new Map(found.map((one) => [`${one.routing ?? ''}\n${one.id}`, one])).values()];
  deps.heartbeat();

  const read = async (refs: DocumentRef[]): Promise<Map<DocumentRef, Both>> => {
    if (refs.length === 0) return new Map();
    const [onLeft, onRight] = await Promise.all([
      readDocuments(client, left, refs),
      readDocuments(client, right, refs),
    ]);
    return new Map(refs.map((ref, i) => [ref, { left: onLeft[i] ?? 'missing', right: onRight[i] ?? 'missing' }]));
  };
  const verdicts = new Map<DocumentRef, Verdict>();
  let seen = await read(once);
  let open = judge(seen, verdicts);
  let lasting = open;
  for (const pause of PAUSES_MS) {
    if (open.length === 0) break;
    await deps.sleep(pause);
    deps.heartbeat();
    const again = await read(open);
    const before = seen;
    lasting = judge(again, verdicts).filter((ref) => stays(before.get(ref) as Both, again.get(ref) as Both));
    open = open.filter((ref) => verdicts.get(ref) === 'different');
    seen = again;
  }
  if (open.length > 0 && lasting.length > 0) {
    deps.log.warn({ index, shard, left: pair.left, right: pair.right, documents: lasting }, 'documents differ');
  }
  const count = (verdict: Verdict) => [...verdicts.values()].filter((one) => one === verdict).length;
  return { same: count('same'), unlike: open.length === 0 ? 0 : lasting.length, noSource: count('no-source') };
}

/** Keeps how each document compares. @returns those that differ */
function judge(seen: Map<DocumentRef, Both>, verdicts: Map<DocumentRef, Verdict>): DocumentRef[] {
  for (const [ref, both] of seen) verdicts.set(ref, compare(both));
  return [...seen.keys()].filter((ref) => verdicts.get(ref) === 'different');
}
