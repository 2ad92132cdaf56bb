import { canonicalHash } from '../app/canonical';
import type { LedgerLine } from '../app/journal';
import { esRequest } from '../es';
import { inBatches } from './batches';

const PAGE = 5_000;

/** How an acknowledged write was found. */
export interface WriteCounts {
  ackedWrites: number;
  lostWrites: number;
  duplicateWrites: number;
  /** The first 20 each. */
  lost: string[];
  duplicates: string[];
}

/** Which write a document is of, and what the shop's updates write. */
export interface LastWrite {
  seqNo: number;
  primaryTerm: number;
  seen: unknown;
}

/** The final cluster as the judge reads it; tests give their own. */
export interface Documents {
  /** Each asked document in the order asked; undefined when it is not there. @throws when that can't be known */
  get(asked: { index: string; id: string }[]): Promise<unknown[]>;
  /** The last write of each asked document in the order asked; undefined when it is not there. @throws when that can't be known */
  updated(asked: { index: string; id: string }[]): Promise<(LastWrite | undefined)[]>;
  /** How many documents of an index are of those that the lab was loaded with. @throws when a shard did not answer */
  loaded(index: string): Promise<number>;
  /** `writeId` and place of every document that has one. @throws when a shard did not answer */
  written(): AsyncIterable<{ writeId: string; place: string }>;
}

/** Looks up every acknowledged write, document by document, and every document that was written twice. */
export async function countWrites(ledger: LedgerLine[], documents: Documents): Promise<WriteCounts> {
  const lost: string[] = [];
  for await (const [line, source] of inBatches(ledger, (batch) => documents.get(batch))) {
    const what = `${line.writeId} (${line.index}/${line.id}, acknowledged ${new Date(line.t).toISOString()})`;
    if (source === undefined) lost.push(`${what} is not there`);
    else if (canonicalHash(source) !== line.hash) lost.push(`${what} is not as it was written`);
  }
  const places = new Map<string, string[]>();
  for await (const { writeId, place } of documents.written())
    places.set(writeId, [...(places.get(writeId) ?? []), place]);
  const twice = [...places].filter(([, found]) => found.length > 1);
  return {
    ackedWrites: ledger.length,
    lostWrites: lost.length,
    duplicateWrites: twice.reduce((sum, [, found]) => sum + found.length - 1, 0),
    lost: lost.slice(0, 20),
    duplicates: twice.slice(0, 20).map(([writeId, found]) => `${writeId} is in ${found.join(' and ')}`),
  };
}

interface GetAnswer {
  docs: { found?: boolean; error?: unknown; _source?: unknown; _seq_no?: number; _primary_term?: number }[];
}

interface SearchAnswer {
  _scroll_id: string;
  timed_out: boolean;
  _shards: { failed: number };
  hits: { total: { value: number }; hits: { _index: string; _id: string; _source?: { writeId?: unknown } }[] };
}

/** Asked documents in the order asked; undefined for what is not there. @throws Error when that can't be known */
async function mget(endpoint: string, asked: { index: string; id: string }[]) {
  const body = { docs: asked.map(({ index, id }) => ({ _index: index, _id: id })) };
  const { docs } = await esRequest<GetAnswer>(endpoint, 'POST', '/_mget', { body });
  return docs.map((doc, index) => {
    const place = `${asked[index]?.index}/${asked[index]?.id}`;
    // A missing index is a lost document; anything else that went wrong tells nothing.
    if (doc.error !== undefined) {
      if (JSON.stringify(doc.error).includes('index_not_found_exception')) return undefined;
      throw new Error(`can't tell whether ${place} is there: ${JSON.stringify(doc.error).slice(0, 300)}`);
    }
    if (typeof doc.found !== 'boolean') throw new Error(`no clear answer about ${place}`);
    return doc.found ? doc : undefined;
  });
}

/** Reads documents through one node, whatever index they are in, hidden ones too. */
export function documentsOf(endpoint: string): Documents {
  return {
    get: async (asked) => (await mget(endpoint, asked)).map((doc) => doc?._source),
    updated: async (asked) =>
      (await mget(endpoint, asked)).map((doc) => {
        if (doc === undefined) return undefined;
        const { _seq_no: seqNo, _primary_term: primaryTerm, _source: source } = doc;
        if (seqNo === undefined || primaryTerm === undefined)
          throw new Error('a document does not tell its last write');
        return { seqNo, primaryTerm, seen: (source as { seen?: unknown } | undefined)?.seen };
      }),
    async loaded(index) {
      const { count, _shards: shards } = await esRequest<{
        count: number;
        _shards: { total: number; successful: number };
      }>(endpoint, 'POST', `/${index}/_count?ignore_unavailable=true`, {
        body: { query: { exists: { field: 'number' } } },
      });
      if (shards.successful !== shards.total) throw new Error(`a shard of ${index} did not answer the count`);
      return count;
    },
    async *written() {
      await esRequest(endpoint, 'POST', '/_all/_refresh?expand_wildcards=all');
      const query = {
        size: PAGE,
        sort: ['_doc'],
        track_total_hits: true,
        _source: ['writeId'],
        query: { exists: { field: 'writeId' } },
      };
      let page = await esRequest<SearchAnswer>(endpoint, 'POST', '/_all/_search?scroll=2m&expand_wildcards=all', {
        body: query,
      });
      const expected = page.hits.total.value;
      let seen = 0;
      while (page.hits.hits.length > 0) {
        if (page.timed_out || page._shards.failed > 0)
          throw new Error('a shard did not answer the search for written documents');
        for (const hit of page.hits.hits)
          yield { writeId: String(hit._source?.writeId), place: `${hit._index}/${hit._id}` };
        seen += page.hits.hits.length;
        page = await esRequest(endpoint, 'POST', '/_search/scroll', {
          body: { scroll: '2m', scroll_id: page._scroll_id },
        });
      }
      await esRequest(endpoint, 'DELETE', '/_search/scroll', { body: { scroll_id: page._scroll_id } });
      if (page._shards.failed > 0 || seen !== expected)
        throw new Error(`found ${seen} of ${expected} written documents`);
    },
  };
}
