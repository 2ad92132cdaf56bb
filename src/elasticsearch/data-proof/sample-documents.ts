import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';
import { hashOf, type Seen } from './compare';
import { onCopy } from './copies';

/** Where a document is found: its id, and its routing where it has one. */
export interface DocumentRef {
  id: string;
  routing?: string;
}

/** One copy of one shard. */
export interface CopyRef {
  index: string;
  shard: number;
  nodeId: string;
}

const hitsSchema = z.object({
  _shards: z.object({ failed: z.number() }),
  hits: z.object({ hits: z.array(z.object({ _id: z.string(), _routing: z.string().optional() })) }),
});

/** A search ends after so many documents that match: no sample makes a large shard read itself through. */
const MOST_LOOKED_AT = 500;
/** A window of so many numbers of writes is looked into first, or a hundredth of all. */
const SMALLEST_WINDOW = 50;

/**
 * Ids of some documents of one copy: those that were written around a number that is chosen at random, or else the first
 * ones. Both end early, so that it costs the same on a small and on a large shard.
 * @param maxSeqNo highest number of a write of this shard
 * @param size how many at most
 */
export async function pickDocuments(
  client: Client,
  copy: CopyRef,
  maxSeqNo: number,
  size: number,
): Promise<DocumentRef[]> {
  const window = Math.max(SMALLEST_WINDOW, Math.ceil(maxSeqNo / 100));
  const from = Math.floor(Math.random() * Math.max(1, maxSeqNo + 1 - window));
  const near = await search(client, copy, size, { range: { _seq_no: { gte: from, lte: from + window } } });
  return near.length > 0 ? near : search(client, copy, size, { match_all: {} });
}

async function search(client: Client, copy: CopyRef, size: number, query: object): Promise<DocumentRef[]> {
  const answer = await askCluster(client, hitsSchema, {
    method: 'POST',
    path: `/${encodeURIComponent(copy.index)}/_search`,
    query: { preference: onCopy(copy.shard, copy.nodeId) },
    body: { size, query, _source: false, terminate_after: MOST_LOOKED_AT, track_total_hits: false, sort: ['_doc'] },
  });
  if (answer._shards.failed > 0) throw new Error(`${copy.index}/${copy.shard} could not be searched`);
  return answer.hits.hits.map(({ _id: id, _routing: routing }) => ({ id, ...(routing !== undefined && { routing }) }));
}

const gotSchema = z.object({
  docs: z.array(
    z.object({
      _id: z.string(),
      found: z.boolean().optional(),
      _version: z.number().optional(),
      _seq_no: z.number().optional(),
      _primary_term: z.number().optional(),
      _source: z.unknown().optional(),
      error: z.object({ reason: z.string().optional() }).optional(),
    }),
  ),
});

/**
 * Reads documents from one copy as it has them now, refreshed or not.
 * @throws Error when one of them could not be read
 */
export async function readDocuments(client: Client, copy: CopyRef, documents: DocumentRef[]): Promise<Seen[]> {
  const answer = await askCluster(client, gotSchema, {
    method: 'POST',
    path: `/${encodeURIComponent(copy.index)}/_mget`,
    query: { preference: `_only_nodes:${copy.nodeId}`, realtime: true },
    body: { docs: documents.map(({ id, routing }) => ({ _id: id, ...(routing !== undefined && { routing }) })) },
  });
  return documents.map(({ id }, position) => {
    const got = answer.docs[position];
    if (got?._id !== id) throw new Error(`${copy.index}/${copy.shard}: the answer is not what was asked for`);
    if (got.error)
      throw new Error(`${copy.index}/${copy.shard}: ${got.error.reason ?? 'a document could not be read'}`);
    const { found, _version: version, _seq_no: seqNo, _primary_term: primaryTerm, _source: source } = got;
    if (found === false) return 'missing';
    if (version === undefined || seqNo === undefined || primaryTerm === undefined) {
      throw new Error(`${copy.index}/${copy.shard}: a document without its version`);
    }
    return { version, seqNo, primaryTerm, ...(source !== undefined && { hash: hashOf(source) }) };
  });
}
