import { canonicalHash } from '../app/canonical';
import type { UpdateLine } from '../app/journal';
import { generateDocument } from '../data/generate';
import { SEED } from '../data/load';
import { documentCounts, indexShapes } from '../data/shapes';
import { inBatches } from './batches';
import type { Documents } from './writes';

/** Documents of one index that are looked at one by one, at most. */
const SAMPLE = 1_000;

/** How what was there before, and what was updated since, was found. */
export interface LoadedCounts {
  loadedDocuments: number;
  /** Those that are missing or too many by count, or in the sample are not as they were loaded. */
  lostDocuments: number;
  ackedUpdates: number;
  /** Documents whose last acknowledged update is not there, nor a later one. */
  lostUpdates: number;
  /** The first 20 of both in words. */
  lostLoaded: string[];
}

/** The data that the lab was loaded with. */
export interface Loaded {
  oldNodes: number;
  docs: number;
}

/** Copies that a plan takes away by asking for fewer replicas than the lab has. */
export function loweredCopies({ oldNodes }: Loaded, replicas: Record<string, number>): number {
  return indexShapes(oldNodes).reduce(
    (sum, shape) => sum + shape.shards * Math.max(0, shape.replicas - (replicas[shape.name] ?? shape.replicas)),
    0,
  );
}

/** Looks for every loaded document by the counts, for a sample by its content, and for each last acknowledged update. */
export async function countLoaded(loaded: Loaded, updates: UpdateLine[], documents: Documents): Promise<LoadedCounts> {
  const words: string[] = [];
  let lostDocuments = 0;
  for (const [index, expected] of documentCounts(indexShapes(loaded.oldNodes), loaded.docs)) {
    const there = await documents.loaded(index);
    if (there !== expected) {
      lostDocuments += Math.abs(expected - there);
      words.push(`${index} has ${there} of ${expected} loaded documents`);
    }
    const changed = await changedIn(index, expected, documents);
    lostDocuments += changed.length;
    words.push(...changed);
  }
  const lostUpdates = await countUpdates(updates, documents);
  return {
    loadedDocuments: loaded.docs,
    lostDocuments,
    ackedUpdates: updates.length,
    lostUpdates: lostUpdates.length,
    lostLoaded: [...words, ...lostUpdates].slice(0, 20),
  };
}

/** Makes a part of the documents of an index again, evenly spread, and compares. */
async function changedIn(index: string, total: number, documents: Documents): Promise<string[]> {
  const step = Math.max(1, Math.ceil(total / SAMPLE));
  const numbers = Array.from({ length: Math.ceil(total / step) }, (_, i) => i * step);
  const words: string[] = [];
  const ids = numbers.map((number) => ({ index, id: `${index}-${number}`, number }));
  for await (const [{ id, number }, source] of inBatches(ids, (batch) => documents.get(batch))) {
    if (source === undefined) words.push(`${index}/${id} is not there`);
    else if (canonicalHash(source) !== canonicalHash(generateDocument(index, number, SEED))) {
      words.push(`${index}/${id} is not as it was loaded`);
    }
  }
  return words;
}

/** Whether the first write of a document comes after the second. */
function isLater(one: Written, other: Written): boolean {
  return one.primaryTerm !== other.primaryTerm ? one.primaryTerm > other.primaryTerm : one.seqNo > other.seqNo;
}

type Written = Pick<UpdateLine, 'seqNo' | 'primaryTerm'>;

async function countUpdates(updates: UpdateLine[], documents: Documents): Promise<string[]> {
  const last = new Map<string, UpdateLine>();
  for (const line of updates) {
    const place = `${line.index}/${line.id}`;
    const known = last.get(place);
    if (!known || isLater(line, known)) last.set(place, line);
  }
  const words: string[] = [];
  for await (const [line, is] of inBatches([...last.values()], (batch) => documents.updated(batch))) {
    const what = `update ${line.seen} of ${line.index}/${line.id}`;
    if (is === undefined) words.push(`${what} is not there, nor its document`);
    else if (isLater(line, is)) words.push(`${what} is not there: the document is of an earlier write`);
    else if (!isLater(is, line) && is.seen !== line.seen)
      words.push(`${what} is not there: it says ${String(is.seen)}`);
  }
  return words;
}
