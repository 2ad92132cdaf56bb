import { hostname } from 'node:os';
import type { Client } from '@elastic/elasticsearch';
import { canonicalHash } from './canonical';
import type { HistoryLine, LedgerLine, OpenedLine, Op, RequestLine, UpdateLine } from './journal';
import { accepted, describeError, type Outcome } from './outcome';
import { Registers } from './registers';
import { Floors, mustBeWhole } from './whole';

/** Where the shop's own documents go: three indices, one of them through its write alias. */
const WRITE_TARGETS = ['orders', 'events', 'customers'] as const;
/** Nearly half of twenty requests write. */
const TURNS: Op[] = [
  ...(['write', 'search', 'write', 'get', 'write', 'count', 'write', 'register', 'write', 'search'] as const),
  ...(['write', 'get', 'register', 'search', 'update', 'get', 'write', 'register', 'write', 'count'] as const),
];
const STATUSES = ['open', 'paid', 'sent', 'returned'];
/** Documents that one host updates in turn: many more than can be in flight, so that no update meets another. */
const UPDATED_DOCUMENTS = 1_000;

/** So long a copy of a shard may lag behind another one in what a search finds, on a machine that is slow, ms. */
const REFRESH_LAG_MS = 30_000;

/** Where requests that begin, finished ones, and acknowledged writes and updates go. */
export interface Sinks {
  opened: (line: OpenedLine) => void;
  request: (line: RequestLine) => void;
  acknowledged: (line: LedgerLine) => void;
  updated: (line: UpdateLine) => void;
  history: (line: HistoryLine) => void;
}

/** The shop's requests, one after the other by number. */
export class Workload {
  private readonly run = `${hostname()}-${Date.now().toString(36)}`;
  private readonly known: LedgerLine[] = [];
  private readonly floors = new Floors();
  private readonly registers: Registers;
  private number = 0;

  constructor(
    private readonly client: Client,
    private readonly sinks: Sinks,
  ) {
    this.registers = new Registers(client, sinks.history);
  }

  /** Sends the next request and records how it went; never throws. */
  async next(): Promise<void> {
    const number = this.number++;
    const op = TURNS[number % TURNS.length] ?? 'write';
    const id = `${this.run}-${number}`;
    const writeId = op === 'write' ? id : undefined;
    const t = Date.now();
    this.sinks.opened({ open: id, t, op });
    const started = process.hrtime.bigint();
    const elapsed = () => Math.round(Number(process.hrtime.bigint() - started) / 1e4) / 100;
    try {
      const outcome = await this.send(op, number, id);
      this.sinks.request({ t, op, ms: elapsed(), ok: true, ...outcome, id, writeId });
    } catch (error) {
      this.sinks.request({ t, op, ms: elapsed(), ok: false, ...describeError(error), id, writeId });
    }
  }

  private async send(op: Op, number: number, id: string): Promise<Outcome> {
    switch (op) {
      case 'write':
        return this.write(number, id);
      case 'update':
        return this.update(number);
      case 'search':
        return this.search(number);
      case 'get':
        return this.get(number);
      case 'count':
        return this.count(number);
      case 'register':
        return this.registers.next(id);
    }
  }

  private async update(number: number): Promise<Outcome> {
    const id = `${hostname()}-${number % UPDATED_DOCUMENTS}`;
    const body = { doc: { seen: number, host: hostname(), at: new Date().toISOString() }, doc_as_upsert: true };
    const result = await this.client.update({ index: 'sessions', id, ...body }, { meta: true });
    const { _index: index, _seq_no: seqNo, _primary_term: primaryTerm } = result.body;
    const outcome = accepted(result, ({ result: what }) => {
      if (what !== 'created' && what !== 'updated') throw new Error(`update answered "${what}"`);
      if (seqNo === undefined || primaryTerm === undefined) throw new Error('update does not say which write it was');
    });
    this.sinks.updated({ index, id, seen: number, seqNo: seqNo ?? -1, primaryTerm: primaryTerm ?? -1, t: Date.now() });
    return outcome;
  }

  /** Of products, which nobody writes, and of open orders, which only become more. */
  private async search(number: number): Promise<Outcome> {
    const orders = number % 3 === 0;
    const least = number % 500;
    const category = `category-${number % 40}`;
    const sentAt = Date.now();
    const result = await this.client.search(
      {
        index: orders ? 'orders-open' : 'products',
        size: 5,
        track_total_hits: true,
        query: orders ? { range: { total: { gte: least } } } : { term: { category } },
      },
      { meta: true },
    );
    return accepted(result, (body) => {
      mustBeWhole(body);
      const total = typeof body.hits.total === 'object' ? body.hits.total.value : Number.NaN;
      if (!Number.isFinite(total)) throw new Error('the answer does not say how many documents there are');
      const name = orders ? `open orders from ${least} on` : `products of ${category}`;
      this.floors.check(name, total, sentAt, orders ? REFRESH_LAG_MS : 0);
    });
  }

  private async get(number: number): Promise<Outcome> {
    const line = this.known[(number * 7919) % Math.max(1, this.known.length)];
    if (!line) {
      const result = await this.client.exists({ index: 'products', id: 'products-1' }, { meta: true });
      return accepted(result, (there) => {
        if (!there) throw new Error('document products-1 is not there');
      });
    }
    const result = await this.client.get({ index: line.index, id: line.id }, { meta: true });
    return accepted(result, (body) => {
      if (canonicalHash(body._source) !== line.hash) throw new Error(`document ${line.id} is not as written`);
    });
  }

  /** Of events, which only become more, and of carts, which nobody writes. */
  private async count(number: number): Promise<Outcome> {
    const index = number % 2 === 0 ? 'events' : 'carts';
    const sentAt = Date.now();
    const result = await this.client.count({ index }, { meta: true });
    return accepted(result, (body) => {
      mustBeWhole(body);
      this.floors.check(index, body.count, sentAt, index === 'events' ? REFRESH_LAG_MS : 0);
    });
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
    const outcome = accepted(result, ({ result: what }) => {
      if (what !== 'created') throw new Error(`write answered "${what}" instead of "created"`);
    });
    const line = {
      writeId,
      index: result.body._index,
      id: result.body._id,
      hash: canonicalHash(document),
      t: Date.now(),
    };
    this.sinks.acknowledged(line);
    if (this.known.push(line) > 5_000) this.known.splice(0, 1_000);
    return outcome;
  }
}
