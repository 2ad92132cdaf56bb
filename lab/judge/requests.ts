import type { HistoryLine, LedgerLine, OpenedLine, RequestLine, UpdateLine } from '../app/journal';
import { longestGapOf, longestPause } from './gaps';
import type { UnitEvent } from './journals';
import { meet, type Span } from './spans';
import type { AppPause, Excuse } from './types';

/** Requests of one app host. */
export interface HostRequests {
  host: string;
  /** Those that ended. */
  lines: RequestLine[];
  /** All that were begun. */
  opened: OpenedLine[];
}

/** What the apps' logs say of a span of time. */
export interface RequestCounts {
  requests: number;
  failedRequests: number;
  longestGapMs: number;
  longestGapMsPerHost: Record<string, number>;
  /** Longest pause of each app by itself, outside what faults excuse. */
  appPauses: Record<string, AppPause>;
  /** Requests that were begun and never ended; they are failed ones. */
  unendedRequests: number;
  requestsPerHost: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
  /** Of the requests that no fault excuses. */
  ownP99Ms: number;
  /** The first 20 failures in words. */
  failures: string[];
  /** Failures that a fault of the lab itself excuses, and the first 20 of them. */
  excusedRequests: number;
  excusedFailures: string[];
}

/**
 * Reads a file of JSON lines. Only a last line without its line end may be torn: it is being written.
 * @throws Error that names the file and line when anything else is not as it should be
 */
export function parseLines<T>(name: string, text: string, isLine: (value: T) => boolean): T[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, index) => {
    try {
      const value = JSON.parse(line) as T;
      if (isLine(value)) return value;
    } catch {
      // Told below, in the same words.
    }
    throw new Error(`${name}, line ${index + 1} is not a line of that journal: ${line.slice(0, 200)}`);
  });
}

/** Whether a parsed line is the end of a request of the shop. */
export function isEnd(line: OpenedLine | RequestLine): line is RequestLine {
  return 'ok' in line && Number.isFinite(line.t) && Number.isFinite(line.ms) && typeof line.ok === 'boolean';
}

/** Whether a parsed line is the beginning or the end of a request of the shop. */
export function isRequest(line: OpenedLine | RequestLine): boolean {
  return isEnd(line) || ('open' in line && typeof line.open === 'string' && Number.isFinite(line.t));
}

/** Whether a parsed line is an acknowledged write of the shop. */
export function isWrite(line: LedgerLine): boolean {
  return [line.writeId, line.index, line.id, line.hash].every((text) => typeof text === 'string' && text !== '');
}

/** Whether a parsed line is an acknowledged update of the shop. */
export function isUpdate(line: UpdateLine): boolean {
  const texts = [line.index, line.id].every((text) => typeof text === 'string' && text !== '');
  return texts && [line.seen, line.seqNo, line.primaryTerm].every((number) => Number.isInteger(number) && number >= 0);
}

/** Whether a parsed line is the beginning or the end of an operation on a register. */
export function isHistory(line: HistoryLine): boolean {
  const id = 'begin' in line ? line.begin : line.end;
  return typeof id === 'string' && id !== '' && Number.isFinite(line.t);
}

/** The smallest value that so large a share of the values does not exceed (nearest rank). */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The node that a request went to. Where a connection was refused or lost, only the error names it, last of its addresses. */
function nodeOf({ endpoint, error = '' }: RequestLine): string | undefined {
  if (endpoint !== '') return new URL(endpoint).hostname;
  return [...error.matchAll(/\b(\d+\.\d+\.\d+\.\d+):\d+/g)].at(-1)?.[1];
}

/**
 * Whether a fault of the lab itself made a request fail: it was under way then, at a node that the fault cuts off or from an
 * app that it stops.
 */
function isExcused(line: RequestLine, host: string, excuses: Excuse[]): boolean {
  const { t, ms } = line;
  const node = nodeOf(line);
  return excuses.some(
    ({ from, to, requests = [], apps = [] }) =>
      meet({ from: t, to: t + ms }, { from, to }) &&
      (requests === 'any' || apps.includes(host) || (node !== undefined && requests.includes(node))),
  );
}

/** A request ends by its own time-out at the latest so long after it began, ms. */
export const LONGEST_REQUEST_MS = 35_000;

/** What was begun until `to`, could be under way from `from` on, and has no end. */
export function unended({ lines, opened }: HostRequests, { from, to }: Span): OpenedLine[] {
  const ended = new Set(lines.map(({ id }) => id));
  return opened.filter(({ open, t }) => t <= to && t + LONGEST_REQUEST_MS >= from && !ended.has(open));
}

/** As a line of a request that failed. */
function asFailed({ open, t, op }: OpenedLine): RequestLine {
  const error = 'it was begun and never ended';
  return { t, op, ms: LONGEST_REQUEST_MS, ok: false, status: 0, error, endpoint: '', id: open };
}

/** Spans in which a fault takes time from every request: by itself, or by what the cluster is short of. */
function slowSpans(excuses: Excuse[]): Span[] {
  return excuses.filter(({ requests = [], belowGreen }) => belowGreen === true || requests.length > 0);
}

/**
 * Counts the requests that were under way at any moment from `from` to `to` (ms since the epoch).
 * @param restarts starts and stops of the apps: each may make a pause
 */
export function countRequests(
  hosts: HostRequests[],
  from: number,
  to: number,
  excuses: Excuse[] = [],
  restarts: UnitEvent[] = [],
): RequestCounts {
  const within = hosts.map((one) => ({
    host: one.host,
    lines: one.lines.filter(({ t, ms }) => t <= to && t + ms >= from),
    unended: unended(one, { from, to }).map(asFailed),
  }));
  const all = within.flatMap(({ lines }) => lines);
  // Whatever cuts a request off, its app writes the end of it: only what stops the app excuses one without.
  const stopsApp = excuses.map((excuse): Excuse => ({ ...excuse, requests: [] }));
  const notOk = within.flatMap(({ host, lines, unended: open }) => [
    ...lines.filter(({ ok }) => !ok).map((line) => ({ host, ...line, isExcused: isExcused(line, host, excuses) })),
    ...open.map((line) => ({ host, ...line, isExcused: isExcused(line, host, stopsApp) })),
  ]);
  const failed = notOk.filter((line) => !line.isExcused);
  const excused = notOk.filter((line) => line.isExcused);
  const slow = slowSpans(excuses);
  const own = all.filter(({ t, ms }) => !slow.some((span) => meet(span, { from: t, to: t + ms })));
  const perHost = <T>(count: (lines: RequestLine[], host: string) => T): Record<string, T> =>
    Object.fromEntries(within.map(({ host, lines }) => [host, count(lines, host)]));
  const unendedRequests = within.reduce((sum, { unended: open }) => sum + open.length, 0);
  return {
    requests: all.length + unendedRequests,
    failedRequests: failed.length,
    unendedRequests,
    longestGapMs: longestGapOf(all, { from, to }, wholeCluster(excuses)),
    longestGapMsPerHost: perHost((lines) => longestGapOf(lines, { from, to })),
    appPauses: perHost((lines, host) =>
      longestPause(
        lines,
        { from, to },
        restarts.filter((event) => event.host === host),
        excuses.filter(({ requests, apps = [] }) => requests === 'any' || apps.includes(host)),
      ),
    ),
    requestsPerHost: perHost((lines) => lines.length),
    p50Ms: percentile(
      all.map(({ ms }) => ms),
      0.5,
    ),
    p99Ms: percentile(
      all.map(({ ms }) => ms),
      0.99,
    ),
    ownP99Ms: percentile(
      own.map(({ ms }) => ms),
      0.99,
    ),
    failures: inWords(failed),
    excusedRequests: excused.length,
    excusedFailures: inWords(excused),
  };
}

/** Spans in which a fault cuts the whole cluster off. */
function wholeCluster(excuses: Excuse[]): Span[] {
  return excuses.filter(({ requests }) => requests === 'any');
}

function inWords(failed: (RequestLine & { host: string })[]): string[] {
  return failed
    .slice(0, 20)
    .map(
      ({ host, t, op, status, endpoint, error }) =>
        `${new Date(t).toISOString()} ${host}: ${op} at ${endpoint || 'no endpoint'}: ${status} ${(error ?? '').replace(/\s+/g, ' ').slice(0, 240)}`,
    );
}
