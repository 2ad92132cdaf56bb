import { hostname } from 'node:os';
import { type Client, errors } from '@elastic/elasticsearch';
import { canonicalHash } from './canonical';
import type { LedgerLine, Op, RequestLine } from './journal';

/** Where the shop's own documents go: three indices, one of them through its write alias. */
const WRITE_TARGETS = ['orders', 'events', 'customers'] as const;
/** Half of twenty requests write. */
const TURNS: Op[] = [
  ...(['write', 'search', 'write', 'get', 'write', 'count', 'write', 'get', 'write', 'search'] as const),
  ...(['write', 'get', 'write', 'search', 'update', 'get', 'write', 'search', 'write', 'count'] as const),
];
const STATUSES = ['open', 'paid', 'sent', 'returned'];
/** Documents that one host updates in turn: many more than can be in flight, so that no update meets another. */
const UPDATED_DOCUMENTS = 1_000;

interface Outcome {
  status: number;
  endpoint: string;
}

/** Where finished requests and acknowledged writes go. */
export interface Sinks {
  request: (line: RequestLine) => void;
  acknowledged: (line: LedgerLine) => void;
}

/** The shop's requests, one after the other by number. */
export class Workload {
  private readonly run = `${hostname()}-${Date.now().toString(36)}`;
  private readonly known: LedgerLine[] = [];
  private number = 0;

  constructor(
    private readonly client: Client,
    private readonly sinks: Sinks,
  ) {}

  /** Sends the next request and records how it went; never throws. */
  async next(): Promise<void> {
    const number = this.number++;
    const op = TURNS[number % TURNS.length] ?? 'write';
    const writeId = op === 'write' ? `${this.run}-${number}` : undefined;
    const t = Date.now();
    const started = process.hrtime.bigint();
    const elapsed = () => Math.round(Number(process.hrtime.bigint() - started) / 1e4) / 100;
    try {
      const outcome = await this.send(op, number, writeId);
      this.sinks.request({ t, op, ms: elapsed(), ok: true, ...outcome, writeId });
    } catch (error) {
      this.sinks.request({ t, op, ms: elapsed(), ok: false, ...describeError(error), writeId });
    }
  }

  private async send(op: Op, number: number, writeId: string | undefined): Promise<Outcome> {
    switch (op) {
      case 'write':
        return this.write(number, writeId ?? '');
      case 'update': {
        const id = `${hostname()}-${number % UPDATED_DOCUMENTS}`;
        const body = { doc: { seen: number, host: hostname(), at: new Date().toISOString() }, doc_as_upsert: true };
        return outcomeOf(await this.client.update({ index: 'sessions', id, ...body }, { meta: true }));
      }
      case 'search':
        return outcomeOf(
          await this.client.search(
            {
              index: number % 3 === 0 ? 'orders-open' : 'products',
              size: 5,
              query:
                number % 3 === 0
                  ? { range: { total: { gte: number % 500 } } }
                  : { term: { category: `category-${number % 40}` } },
            },
            { meta: true },
          ),
        );
      case 'get': {
        const line = this.known[(number * 7919) % Math.max(1, this.known.length)];
        if (!line) return outcomeOf(await this.client.exists({ index: 'products', id: 'products-1' }, { meta: true }));
        const result = await this.client.get({ index: line.index, id: line.id }, { meta: true });
        if (canonicalHash(result.body._source) !== line.hash) throw new Error(`document ${line.id} is not as written`);
        return outcomeOf(result);
      }
      case 'count':
        return outcomeOf(await this.client.count({ index: number % 2 === 0 ? 'events' : 'carts' }, { meta: true }));
    }
  }

  private async write(number: number, writeId: string): Promise<Outcome> {
    const target = WRITE_TARGETS[Math.floor(number / 2) % WRITE_TARGETS.length] ?? 'orders';
    const document = {
      writeId,
      host: hostname(),
      at: new Date().toISOString(),
      status: STATUSES[number % STATUSES.length],
      total: (number * 37) % 1_000,
      note: `order ${number} of ${this.run}, `.repeat(1 + (number % 8)),
    };
    const result = await this.client.index({ index: target, document }, { meta: true });
    if (result.body.result !== 'created')
      throw new Error(`write answered "${result.body.result}" instead of "created"`);
    const line = {
      writeId,
      index: result.body._index,
      id: result.body._id,
      hash: canonicalHash(document),
      t: Date.now(),
    };
    this.sinks.acknowledged(line);
    if (this.known.push(line) > 5_000) this.known.splice(0, 1_000);
    return outcomeOf(result);
  }
}

function outcomeOf(result: { statusCode: number | null; meta: { connection: { url: URL } | null } }): Outcome {
  return { status: result.statusCode ?? 0, endpoint: result.meta.connection?.url.origin ?? '' };
}

/** Turns what the client threw into fields of a request line; the message never holds a password. */
export function describeError(error: unknown): Outcome & { error: string } {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const meta = error instanceof errors.ElasticsearchClientError && 'meta' in error ? error.meta : undefined;
  const known = meta as
    { statusCode?: number | null; meta?: { connection?: { url: URL | string } | null } } | undefined;
  // The client leaves secrets out of its errors, and makes text of addresses with it.
  const url = known?.meta?.connection?.url;
  return {
    status: known?.statusCode ?? 0,
    endpoint: url === undefined ? '' : new URL(url).origin,
    error: message.slice(0, 500),
  };
}
