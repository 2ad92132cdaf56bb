import type { HistoryLine, RegisterOp, Version } from '../app/journal';
import { REGISTERS } from '../app/registers';
import type { Collected } from './collected';

/** An operation on a register, as the app that asked for it knows it. */
export interface Operation {
  id: string;
  host: string;
  register: string;
  kind: RegisterOp;
  /** ms since the epoch; all hosts of a lab have one clock. */
  from: number;
  /** When its answer was there; absent when there was none: a write may still be done then, at any time. */
  to?: number;
  /** Of an answer. */
  result?: 'ok' | 'refused';
  /** Which write a swap takes the place of. */
  expected?: Version;
  /** Which write was done, or read; absent when a read found nothing. */
  version?: Version;
  value?: string;
}

/** What the history of the registers says. */
export interface HistoryCounts {
  /** Operations that were answered. */
  historyOperations: number;
  /** The first 20 reasons why no order explains all of them. */
  historyProblems: string[];
}

/**
 * Begins and ends of the same operation, put together.
 * @throws Error when an end has no beginning, so that a part of the history is lost
 */
export function operationsOf(lines: HistoryLine[]): Operation[] {
  const all = new Map<string, Operation>();
  for (const line of lines) {
    if (!('begin' in line)) continue;
    const { begin: id, t: from, ...rest } = line;
    all.set(id, { id, from, ...rest });
  }
  for (const line of lines) {
    if ('begin' in line) continue;
    const { end: id, t: to, ...rest } = line;
    const one = all.get(id);
    if (!one) throw new Error(`the history has the end of ${id}, and not its beginning`);
    Object.assign(one, { to, ...rest });
  }
  return [...all.values()];
}

/**
 * Whether there is an order of all writes of each register that explains every answer. Elasticsearch tells the order itself, by term and
 * sequence number, so that it has only to be held against what was answered when (Gibbons and Korach, Testing Shared Memories, SIAM J. Comput.
 * 26, 1997: with the order of writes known it takes linear time). Writes must be linearizable, a swap must follow what it swaps with nothing
 * acknowledged in between, and a read must give a write that had begun, and none that was overtaken when the read began. Which of
 * two writes under way a read gives is not promised: it may ask any copy.
 * @param final what each register of `REGISTERS` held when the final cluster was asked, in their order
 */
export function checkHistory(operations: Operation[], { last, from, to }: Collected['registers']): HistoryCounts {
  const final = REGISTERS.ids.map((register, i): Operation => {
    const is = last[i];
    const version = is && { seqNo: is.seqNo, primaryTerm: is.primaryTerm };
    const read = { id: 'the final cluster', host: 'judge', register, kind: 'read', from, to } as const;
    return { ...read, result: 'ok', ...(is && { version, value: String(is.seen) }) };
  });
  const problems = REGISTERS.ids.flatMap((register) =>
    checkRegister([...operations, ...final].filter((one) => one.register === register)),
  );
  return {
    historyOperations: operations.filter(({ to }) => to !== undefined).length,
    historyProblems: problems.slice(0, 20),
  };
}

type Answered = Operation & { to: number; version: Version };

function checkRegister(operations: Operation[]): string[] {
  const answered = operations.filter((one): one is Answered => one.result === 'ok' && one.version !== undefined);
  const written = answered.filter(({ kind }) => kind !== 'read').sort((a, b) => compare(a.version, b.version));
  const reads = operations.filter(({ kind, result }) => kind === 'read' && result === 'ok');
  return [...sameWrites(answered), ...overtaken(written), ...swapped(written), ...misread(reads, written, operations)];
}

/** One write has one value, and one value was written once. */
function sameWrites(answered: Answered[]): string[] {
  const values = new Map<string, string>();
  const versions = new Map<string, string>();
  return answered.flatMap(({ register, version, value = '' }) => {
    const write = say(version);
    const [other, before] = [values.get(write), versions.get(value)];
    values.set(write, value);
    versions.set(value, write);
    return [
      ...(other !== undefined && other !== value
        ? [`write ${write} of ${register} is both ${other} and ${value}`]
        : []),
      ...(before !== undefined && before !== write
        ? [`${value} was written twice to ${register}: ${before} and ${write}`]
        : []),
    ];
  });
}

/** A write that was acknowledged before another began comes before it. @param written by version */
function overtaken(written: Answered[]): string[] {
  let first: Answered | undefined;
  const problems: string[] = [];
  for (const one of [...written].reverse()) {
    if (first && first.to < one.from) {
      problems.push(`${first.id} was acknowledged before ${one.id} of ${one.register} began, and comes after it`);
    }
    if (!first || one.to < first.to) first = one;
  }
  return problems;
}

/** Nothing that was acknowledged lies between a swap and what it swapped. @param written by version */
function swapped(written: Answered[]): string[] {
  return written.flatMap((one, i) => {
    const before = written[i - 1];
    if (!one.expected || !before || compare(before.version, one.expected) <= 0) return [];
    return [
      `${one.id} took the place of ${say(one.expected)} of ${one.register}, and ${before.id} between them is lost`,
    ];
  });
}

/** @param written by version */
function misread(reads: Operation[], written: Answered[], operations: Operation[]): string[] {
  const writes = new Map(operations.filter(({ kind }) => kind !== 'read').map((one) => [one.id, one]));
  return reads.flatMap((read) => {
    const { id, register, value, version, from, to = Infinity } = read;
    const newer = written.find((one) => one.to < from && (!version || compare(one.version, version) > 0));
    const stale = newer ? [`${id} read ${value ?? 'nothing'} of ${register} when ${newer.id} was there since`] : [];
    if (value === undefined) return stale;
    const source = writes.get(value);
    const possible = source?.register === register && source.result !== 'refused' && source.from <= to;
    return possible ? stale : [...stale, `${id} read ${value} of ${register}, which nobody had written`];
  });
}

function compare(one: Version, other: Version): number {
  return one.primaryTerm - other.primaryTerm || one.seqNo - other.seqNo;
}

const say = ({ primaryTerm, seqNo }: Version): string => `${primaryTerm}/${seqNo}`;
