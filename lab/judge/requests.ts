import type { LedgerLine, RequestLine } from '../app/journal';
import type { Excuse } from './types';

/** Requests of one app host. */
export interface HostRequests {
  host: string;
  lines: RequestLine[];
}

/** What the apps' logs say of a span of time. */
export interface RequestCounts {
  requests: number;
  failedRequests: number;
  longestGapMs: number;
  longestGapMsPerHost: Record<string, number>;
  requestsPerHost: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
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

/** Whether a parsed line is a request of the shop. */
export function isRequest(line: RequestLine): boolean {
  return Number.isFinite(line.t) && Number.isFinite(line.ms) && typeof line.ok === 'boolean';
}

/** Whether a parsed line is an acknowledged write of the shop. */
export function isWrite(line: LedgerLine): boolean {
  return [line.writeId, line.index, line.id, line.hash].every((text) => typeof text === 'string' && text !== '');
}

/** The smallest value that so large a share of the values does not exceed (nearest rank). */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Longest time, in ms, between two successes that ended from `from` to `to`; both ends count as the edge of a gap. */
export function longestGap(lines: RequestLine[], from: number, to: number): number {
  const ends = lines
    .filter(({ ok }) => ok)
    .map(({ t, ms }) => t + ms)
    .filter((end) => end >= from && end <= to)
    .sort((a, b) => a - b);
  let last = from;
  let longest = 0;
  for (const end of [...ends, to]) {
    longest = Math.max(longest, end - last);
    last = end;
  }
  return Math.round(longest);
}

/** The node that a request went to. Where a connection was refused or lost, only the error names it, last of its addresses. */
function nodeOf({ endpoint, error = '' }: RequestLine): string | undefined {
  if (endpoint !== '') return new URL(endpoint).hostname;
  return [...error.matchAll(/\b(\d+\.\d+\.\d+\.\d+):\d+/g)].at(-1)?.[1];
}

/** Whether a fault of the lab itself made a request fail: it was under way then, at a node that the fault cuts off. */
function isExcused(line: RequestLine, excuses: Excuse[]): boolean {
  const { t, ms } = line;
  const node = nodeOf(line);
  return excuses.some(
    ({ from, to, requests = [] }) =>
      t <= to && t + ms >= from && (requests === 'any' || (node !== undefined && requests.includes(node))),
  );
}

/** The longest gap in what is left of a span when the time in which the whole cluster was cut off is taken out. */
function longestOwnGap(lines: RequestLine[], from: number, to: number, excuses: Excuse[]): number {
  const cut = excuses.filter(({ requests }) => requests === 'any').sort((a, b) => a.from - b.from);
  let begin = from;
  let longest = 0;
  for (const excuse of cut) {
    if (excuse.from > begin) longest = Math.max(longest, longestGap(lines, begin, Math.min(excuse.from, to)));
    begin = Math.max(begin, excuse.to);
  }
  return begin < to ? Math.max(longest, longestGap(lines, begin, to)) : longest;
}

/** Counts the requests that were under way at any moment from `from` to `to` (ms since the epoch). */
export function countRequests(hosts: HostRequests[], from: number, to: number, excuses: Excuse[] = []): RequestCounts {
  const within = hosts.map(({ host, lines }) => ({
    host,
    lines: lines.filter(({ t, ms }) => t <= to && t + ms >= from),
  }));
  const all = within.flatMap(({ lines }) => lines);
  const notOk = within.flatMap(({ host, lines }) => lines.filter(({ ok }) => !ok).map((line) => ({ host, ...line })));
  const failed = notOk.filter((line) => !isExcused(line, excuses));
  const excused = notOk.filter((line) => isExcused(line, excuses));
  const times = all.map(({ ms }) => ms);
  const perHost = (count: (lines: RequestLine[]) => number) =>
    Object.fromEntries(within.map(({ host, lines }) => [host, count(lines)]));
  return {
    requests: all.length,
    failedRequests: failed.length,
    longestGapMs: longestOwnGap(all, from, to, excuses),
    longestGapMsPerHost: perHost((lines) => longestGap(lines, from, to)),
    requestsPerHost: perHost((lines) => lines.length),
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    failures: inWords(failed),
    excusedRequests: excused.length,
    excusedFailures: inWords(excused),
  };
}

function inWords(failed: (RequestLine & { host: string })[]): string[] {
  return failed
    .slice(0, 20)
    .map(
      ({ host, t, op, status, endpoint, error }) =>
        `${new Date(t).toISOString()} ${host}: ${op} at ${endpoint || 'no endpoint'}: ${status} ${(error ?? '').replace(/\s+/g, ' ').slice(0, 240)}`,
    );
}
