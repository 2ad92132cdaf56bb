import { openSync, writeSync } from 'node:fs';

/** A request that is about to be sent, as a line of requests.ndjson: one without a line of its end was never answered. */
export interface OpenedLine {
  /** The `id` of its end. */
  open: string;
  /** Milliseconds since the epoch. */
  t: number;
  op: Op;
}

/** The end of a request of the shop, as a line of requests.ndjson. */
export interface RequestLine {
  /** When it was sent, ms since the epoch. */
  t: number;
  op: Op;
  /** How long it took, ms. */
  ms: number;
  ok: boolean;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  error?: string;
  endpoint: string;
  /** What its `OpenedLine` calls it. */
  id: string;
  /** Of a write. */
  writeId?: string;
}

/** One acknowledged write of the shop, as a line of ledger.ndjson. */
export interface LedgerLine {
  writeId: string;
  /** Index that holds it, as Elasticsearch answered: never an alias. */
  index: string;
  id: string;
  /** `canonicalHash` of the document. */
  hash: string;
  /** When it was acknowledged, ms since the epoch. */
  t: number;
}

/** One acknowledged update of the shop, as a line of updates.ndjson. */
export interface UpdateLine {
  index: string;
  id: string;
  /** What it wrote. */
  seen: number;
  /** Which write of its shard it was, as Elasticsearch answered. */
  seqNo: number;
  primaryTerm: number;
  /** When it was acknowledged, ms since the epoch. */
  t: number;
}

/** Which write of its shard something is, as Elasticsearch answered. */
export interface Version {
  seqNo: number;
  primaryTerm: number;
}

/** What is done with a register: written whatever it holds, written if it holds what was seen last, read. */
export type RegisterOp = 'put' | 'swap' | 'read';

/** Beginning or end of an operation on a register, as a line of history.ndjson: what has no end was never answered, or not with a yes or a no. */
export type HistoryLine =
  | { begin: string; host: string; register: string; kind: RegisterOp; t: number; expected?: Version }
  | { end: string; t: number; result: 'ok' | 'refused'; version?: Version; value?: string };

/** What the shop does. */
export type Op = 'write' | 'update' | 'search' | 'get' | 'count' | 'register';

/** A file of JSON lines. A line is with the kernel when `append` returns: killing the process loses none. */
export class Journal<T> {
  private readonly descriptor: number;

  /** @throws Error when the file can't be opened for appending */
  constructor(path: string) {
    this.descriptor = openSync(path, 'a');
  }

  append(line: T): void {
    writeSync(this.descriptor, `${JSON.stringify(line)}\n`);
  }
}
