import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import { canonicalHash } from '../../../lab/app/canonical';
import type { LedgerLine, RequestLine } from '../../../lab/app/journal';
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

describe('Workload', () => {
  let server: Server | undefined;
  const requests: RequestLine[] = [];
  const ledger: LedgerLine[] = [];
  let endpoint = '';

  async function workload(answer: Parameters<typeof serve>[0]): Promise<Workload> {
    server = await serve(answer);
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new Workload(new Client({ node: endpoint, maxRetries: 0 }), {
      request: (line) => requests.push(line),
      acknowledged: (line) => ledger.push(line),
    });
  }

  beforeEach(() => {
    requests.length = 0;
    ledger.length = 0;
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

  it('sends half writes, and fails a read of its own document that is not as written', async () => {
    const shop = await workload((url) =>
      url.includes('/_doc/x1')
        ? { status: 200, body: { found: true, _index: 'orders-2025', _id: 'x1', _source: { changed: true } } }
        : { status: 201, body: { result: 'created', _index: 'orders-2025', _id: 'x1', hits: { hits: [] }, count: 1 } },
    );
    for (let i = 0; i < 40; i++) await shop.next();
    expect(requests.filter(({ op }) => op === 'write' || op === 'update')).toHaveLength(20);
    expect(new Set(requests.map(({ op }) => op))).toEqual(new Set(['write', 'update', 'search', 'get', 'count']));
    const gets = requests.filter(({ op }) => op === 'get');
    expect(gets.every(({ ok, error }) => !ok && error?.includes('is not as written'))).toBe(true);
    expect(canonicalHash({ changed: true })).not.toBe(ledger[0]?.hash);
  });
});
