import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import { canonicalHash } from '../../../lab/app/canonical';
import type { HistoryLine, LedgerLine, OpenedLine, RequestLine, UpdateLine } from '../../../lab/app/journal';
import { Floors } from '../../../lab/app/whole';
import { Workload } from '../../../lab/app/workload';

/** A server that answers as Elasticsearch does to a write, or with an error. */
function serve(answer: (url: string) => { status: number; body: unknown }): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { status, body } = answer(request.url ?? '');
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
        .end(JSON.stringify(body));
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** An answer to a search or a count that lacks nothing. */
const WHOLE = {
  _shards: { total: 3, successful: 3, failed: 0 },
  timed_out: false,
  hits: { total: { value: 7, relation: 'eq' }, hits: [] },
  count: 7,
};

describe('Workload', () => {
  let server: Server | undefined;
  const opened: OpenedLine[] = [];
  const requests: RequestLine[] = [];
  const ledger: LedgerLine[] = [];
  const updates: UpdateLine[] = [];
  const history: HistoryLine[] = [];
  let endpoint = '';

  async function workload(answer: Parameters<typeof serve>[0]): Promise<Workload> {
    server = await serve(answer);
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new Workload(new Client({ node: endpoint, maxRetries: 0 }), {
      opened: (line) => opened.push(line),
      request: (line) => requests.push(line),
      acknowledged: (line) => ledger.push(line),
      updated: (line) => updates.push(line),
      history: (line) => history.push(line),
    });
  }

  beforeEach(() => {
    opened.length = 0;
    requests.length = 0;
    ledger.length = 0;
    updates.length = 0;
    history.length = 0;
  });
  afterEach(() => new Promise((resolve) => server?.close(resolve)));

  it('keeps an acknowledged write with the index and id that were answered', async () => {
    const shop = await workload(() => ({
      status: 201,
      body: { result: 'created', _index: 'orders-2025', _id: 'x1' },
    }));
    await shop.next();
    expect(requests).toMatchObject([{ op: 'write', ok: true, status: 201, endpoint }]);
    expect(ledger).toMatchObject([{ writeId: requests[0]?.writeId, index: 'orders-2025', id: 'x1' }]);
    expect(ledger[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [503, { error: { type: 'unavailable' } }],
    [201, { result: 'noop', _index: 'orders-2025', _id: 'x1' }],
  ])(
    'keeps a write that was answered with %d %j out of the ledger, with its id in the requests',
    async (status, body) => {
      const shop = await workload(() => ({ status, body }));
      await shop.next();
      expect(requests).toMatchObject([{ op: 'write', ok: false }]);
      expect(requests[0]?.writeId).toBeTruthy();
      expect(requests[0]?.error).toBeTruthy();
      expect(ledger).toEqual([]);
    },
  );

  it('says which node answered a request that failed: the judge excuses by the node', async () => {
    const shop = await workload(() => ({
      status: 409,
      body: { error: { type: 'version_conflict_engine_exception' } },
    }));
    await shop.next();
    expect(requests).toMatchObject([{ ok: false, status: 409, endpoint }]);
  });

  it('sends nearly half writes, and fails a read of its own document that is not as written', async () => {
    const shop = await workload((url) =>
      url.includes('/_doc/x1')
        ? { status: 200, body: { found: true, _index: 'orders-2025', _id: 'x1', _source: { changed: true } } }
        : {
            status: 201,
            body: { ...WHOLE, result: 'created', _index: 'orders-2025', _id: 'x1', _seq_no: 5, _primary_term: 1 },
          },
    );
    for (let i = 0; i < 40; i++) await shop.next();
    expect(requests.filter(({ op }) => op === 'write' || op === 'update')).toHaveLength(18);
    expect(opened.map(({ open, op }) => [open, op])).toEqual(requests.map(({ id, op }) => [id, op]));
    expect(new Set(requests.map(({ op }) => op))).toEqual(
      new Set(['write', 'update', 'search', 'get', 'count', 'register']),
    );
    const gets = requests.filter(({ op }) => op === 'get');
    expect(gets.every(({ ok, error }) => !ok && error?.includes('is not as written'))).toBe(true);
    expect(canonicalHash({ changed: true })).not.toBe(ledger[0]?.hash);
  });

  describe('takes no answer for a success that lacks something', () => {
    type Body = Record<string, unknown>;
    const written = { result: 'created', _index: 'orders-2025', _id: 'x1', _seq_no: 5, _primary_term: 1 };
    /** Two rounds of twenty requests, of which the second gets other answers. */
    async function secondRound(change: Body): Promise<RequestLine[]> {
      let later: Body = {};
      const shop = await workload((url) => ({
        status: 200,
        body: url.includes('/_update/') ? { ...written, ...later } : { ...WHOLE, ...written, ...later },
      }));
      for (let i = 0; i < 20; i++) await shop.next();
      expect(requests.filter(({ ok, op }) => !ok && op !== 'get')).toEqual([]);
      later = change;
      requests.length = 0;
      for (let i = 0; i < 100; i++) await shop.next();
      return requests;
    }
    const of = (lines: RequestLine[], op: string) => lines.filter((line) => line.op === op);

    it.each<[string, Body, string]>([
      ['shards that failed', { _shards: { total: 3, successful: 2, failed: 1 } }, 'only 2 of 3 shards answered'],
      ['shards without any copy', { _shards: { total: 3, successful: 2, failed: 0 } }, 'only 2 of 3 shards answered'],
      ['the end', { timed_out: true }, 'cut off by a time-out'],
    ])('%s', async (_, change, words) => {
      const lines = await secondRound(change);
      for (const line of [...of(lines, 'search'), ...of(lines, 'count')]) {
        expect(line).toMatchObject({ ok: false, status: 200, endpoint });
        expect(line.error).toContain(words);
      }
    });

    it('documents that were there before', async () => {
      const lines = await secondRound({ count: 6, hits: { total: { value: 6 }, hits: [] } });
      const products = of(lines, 'search').filter(({ error }) => error?.includes('products of'));
      expect(products.length).toBeGreaterThan(0);
      expect(products[0]?.error).toContain('6 documents, there were 7 before');
      expect(of(lines, 'count').some(({ error }) => error?.includes('carts: 6 documents, there were 7'))).toBe(true);
    });

    it('an update', async () => {
      const lines = await secondRound({ result: 'noop' });
      for (const line of of(lines, 'update')) expect(line.error).toContain('update answered "noop"');
      expect(updates).toMatchObject([{ index: 'orders-2025', seen: 14, seqNo: 5, primaryTerm: 1 }]);
    });
  });

  it('does not take a document that is not there for one that is', async () => {
    const shop = await workload((url) => ({ status: url.includes('products-1') ? 404 : 503, body: {} }));
    for (let i = 0; i < 4; i++) await shop.next();
    expect(requests[3]).toMatchObject({ op: 'get', ok: false, status: 404, endpoint });
  });
});

describe('Floors', () => {
  it('holds only what was answered long enough before a request was sent', () => {
    const floors = new Floors();
    floors.check('events', 10, 0, 30_000, 5);
    floors.check('events', 9, 20_000, 30_000, 20_005);
    expect(() => floors.check('events', 9, 40_000, 30_000)).toThrow('events: 9 documents, there were 10 before');
    expect(() => floors.check('orders', 1, 40_000, 30_000)).not.toThrow();
  });

  it('holds what nobody writes at once, but not against a request that was under way', () => {
    const floors = new Floors();
    floors.check('carts', 10, 100, 0, 110);
    expect(() => floors.check('carts', 9, 105, 0)).not.toThrow();
    expect(() => floors.check('carts', 9, 110, 0)).toThrow('there were 10');
  });
});
