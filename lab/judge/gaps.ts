import type { RequestLine } from '../app/journal';
import type { UnitEvent } from './journals';
import { meet, without, type Span } from './spans';
import type { AppPause } from './types';

/** A start that systemd tells may be so much off the pause that it makes, ms. */
const START_OFF_MS = 1_000;

/** The times without any success from `from` to `to`; both ends count as the edge of one. */
function gaps(lines: RequestLine[], { from, to }: Span): Span[] {
  const ends = lines
    .filter(({ ok }) => ok)
    .map(({ t, ms }) => t + ms)
    .filter((end) => end >= from && end <= to)
    .sort((a, b) => a - b);
  return [...ends, to].map((end, index) => ({ from: ends[index - 1] ?? from, to: end }));
}

const longest = (spans: Span[]) => Math.round(spans.reduce((most, { from, to }) => Math.max(most, to - from), 0));

/** Longest time, in ms, between two successes in what is left of a span when others are taken out of it. */
export function longestGapOf(lines: RequestLine[], span: Span, excused: Span[] = []): number {
  return longest(without(span, excused).flatMap((left) => gaps(lines, left)));
}

/** The longest gaps of one app: those that a start or stop of it is in, and those without any. */
export function longestPause(lines: RequestLine[], span: Span, restarts: UnitEvent[], excused: Span[]): AppPause {
  const all = without(span, excused).flatMap((left) => gaps(lines, left));
  const restarting = all.filter(({ from, to }) =>
    restarts.some(({ at }) => meet({ from, to }, { from: at - START_OFF_MS, to: at + START_OFF_MS })),
  );
  return { steadyMs: longest(all.filter((gap) => !restarting.includes(gap))), restartMs: longest(restarting) };
}
