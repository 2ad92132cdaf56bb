/** A span of time, milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/** The same time in spans that don't touch, in order. */
export function joined(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) result.push({ from, to });
  }
  return result;
}

/** What is left of a span when others are taken out of it. */
export function without({ from, to }: Span, others: Span[]): Span[] {
  const left: Span[] = [];
  let begin = from;
  for (const other of joined(others)) {
    if (other.from > begin) left.push({ from: begin, to: Math.min(other.from, to) });
    begin = Math.max(begin, other.to);
  }
  if (begin < to) left.push({ from: begin, to });
  return left.filter((span) => span.to > span.from);
}

/** How long spans are together within another one, ms; what they share counts once. */
export function lengthWithin({ from, to }: Span, spans: Span[]): number {
  return joined(spans).reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0);
}

/** Whether two spans share a moment. */
export function meet(one: Span, other: Span): boolean {
  return one.from <= other.to && one.to >= other.from;
}
