import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canonicalHash } from '../../../lab/app/canonical';
import type { LedgerLine } from '../../../lab/app/journal';
import { countWrites, documentsOf, type Documents } from '../../../lab/judge/writes';

interface Stored {
  index: string;
  id: string;
  source: { writeId: string; total: number };
}

const stored = (number: number): Stored => ({
  index: 'orders',
  id: `id-${number}`,
  source: { writeId: `w-${number}`, total: number },
});
const ledgerOf = ({ index, id, source }: Stored): LedgerLine => ({
  writeId: source.writeId,
  index,
  id,
  hash: canonicalHash(source),
  t: 1_000,
});

function cluster(all: Stored[]): Documents {
  return {
    get: (asked) =>
      Promise.resolve(asked.map(({ index, id }) => all.find((one) => one.index === index && one.id === id)?.source)),
    updated: () => Promise.reject(new Error('nobody asks for that here')),
    loaded: () => Promise.reject(new Error('nobody asks for that here')),
    async *written() {
      for (const { index, id, source } of all) yield { writeId: source.writeId, place: `${index}/${id}` };
    },
  };
}

describe('counting writes', () => {
  const all = Array.from({ length: 1_234 }, (_, number) => stored(number));

  it('finds every acknowledged write once, whatever the order of its keys', async () => {
    const turned = all.map((one) => ({ ...one, source: { total: one.source.total, writeId: one.source.writeId } }));
    expect(await countWrites(all.map(ledgerOf), cluster(turned))).toEqual({
      ackedWrites: 1_234,
      lostWrites: 0,
      duplicateWrites: 0,
      lost: [],
      duplicates: [],
    });
  });

  it('finds a lost one and one that is not as it was written', async () => {
    const rest = all.filter(({ id }) => id !== 'id-700');
    const changed = rest.map((one) => (one.id === 'id-3' ? { ...one, source: { ...one.source, total: -1 } } : one));
    const counts = await countWrites(all.map(ledgerOf), cluster(changed));
    expect(counts.lostWrites).toBe(2);
    expect(counts.lost).toEqual([
      'w-3 (orders/id-3, acknowledged 1970-01-01T00:00:01.000Z) is not as it was written',
      'w-700 (orders/id-700, acknowledged 1970-01-01T00:00:01.000Z) is not there',
    ]);
  });

  it('finds a write that is there twice, in another index too', async () => {
    const again = [...all, { ...stored(5), index: 'orders-2' }, { ...stored(5), id: 'third' }];
    const counts = await countWrites(all.map(ledgerOf), cluster(again));
    expect(counts.duplicateWrites).toBe(2);
    expect(counts.duplicates).toEqual(['w-5 is in orders/id-5 and orders-2/id-5 and orders/third']);
  });

  it('takes an unacknowledged write that did land for neither', async () => {
    const counts = await countWrites(all.slice(1).map(ledgerOf), cluster(all));
    expect(counts).toMatchObject({ ackedWrites: 1_233, lostWrites: 0, duplicateWrites: 0 });
  });

  it('does not take too few answers for an answer', async () => {
    const deaf: Documents = { ...cluster(all), get: () => Promise.resolve([]) };
    await expect(countWrites(all.map(ledgerOf), deaf)).rejects.toThrow('got 0 answers');
  });
});

describe('reading documents through a node', () => {
  let server: Server;
  let endpoint: string;
  let answer: (path: string) => [number, unknown];
  beforeEach(async () => {
    server = createServer((request, response) => {
      const [status, body] = answer(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const get = () => documentsOf(endpoint).get([{ index: 'orders', id: '1' }]);
  const drain = async () => {
    const found = [];
    for await (const one of documentsOf(endpoint).written()) found.push(one);
    return found;
  };

  it('tells found from not found from a missing index', async () => {
    answer = () => [200, { docs: [{ found: true, _source: { a: 1 } }] }];
    expect(await get()).toEqual([{ a: 1 }]);
    answer = () => [200, { docs: [{ found: false }] }];
    expect(await get()).toEqual([undefined]);
    answer = () => [200, { docs: [{ error: { type: 'index_not_found_exception' } }] }];
    expect(await get()).toEqual([undefined]);
  });

  it.each([
    [503, { error: 'no master' }],
    [200, { docs: [{ error: { type: 'no_shard_available_action_exception' } }] }],
    [200, { docs: [{}] }],
  ])('throws when %d %j tells nothing', async (status, body) => {
    answer = () => [status, body];
    await expect(get()).rejects.toThrow();
  });

  it('tells which write a document is of', async () => {
    const updated = () => documentsOf(endpoint).updated([{ index: 'sessions', id: '1' }]);
    const doc = { found: true, _source: { seen: 3 }, _seq_no: 7, _primary_term: 2 };
    answer = () => [200, { docs: [doc] }];
    expect(await updated()).toEqual([{ seqNo: 7, primaryTerm: 2, seen: 3 }]);
    answer = () => [200, { docs: [{ found: false }] }];
    expect(await updated()).toEqual([undefined]);
    answer = () => [200, { docs: [{ ...doc, _seq_no: undefined }] }];
    await expect(updated()).rejects.toThrow('does not tell its last write');
  });

  it('counts loaded documents of every shard only', async () => {
    const loaded = () => documentsOf(endpoint).loaded('products');
    answer = () => [200, { count: 5, _shards: { total: 3, successful: 3 } }];
    expect(await loaded()).toBe(5);
    answer = () => [200, { count: 5, _shards: { total: 3, successful: 2 } }];
    await expect(loaded()).rejects.toThrow('a shard of products did not answer');
  });

  const page = (hits: unknown[], change: object = {}) => ({
    _scroll_id: 's',
    timed_out: false,
    _shards: { failed: 0 },
    hits: { total: { value: 1 }, hits },
    ...change,
  });
  const hit = { _index: 'orders', _id: '1', _source: { writeId: 'w' } };

  it('reads all pages', async () => {
    answer = (path) => [200, path.includes('_all/_search') ? page([hit]) : page([])];
    expect(await drain()).toEqual([{ writeId: 'w', place: 'orders/1' }]);
  });

  it('throws when a shard did not answer or a page is missing', async () => {
    answer = (path) => [200, path.includes('_all/_search') ? page([hit], { _shards: { failed: 1 } }) : page([])];
    await expect(drain()).rejects.toThrow('a shard did not answer');
    answer = () => [200, page([])];
    await expect(drain()).rejects.toThrow('found 0 of 1');
  });
});
