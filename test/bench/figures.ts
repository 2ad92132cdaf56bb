/** What was measured of one thing, in milliseconds. */
export interface Measured {
  what: string;
  /** Shard groups in the cluster, each with a primary and a replica. */
  shards: number;
  rounds: number;
  medianMs: number;
  p95Ms: number;
  maxMs: number;
}

/** The figures of one thing. @param times milliseconds of each round, at least one */
export function figuresOf(what: string, shards: number, times: readonly number[]): Measured {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  const middle = sorted.length % 2 === 0 ? ((sorted[sorted.length / 2 - 1] ?? NaN) + at(0.5)) / 2 : at(0.5);
  return { what, shards, rounds: sorted.length, medianMs: middle, p95Ms: at(0.95), maxMs: at(1) };
}

/** What is held against its limit: a row for each thing, with how many times longer it takes with many shards. */
export function table(few: readonly Measured[], many: readonly Measured[], limitMs: number): string {
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
  const rows = many.map((one) => {
    const base = few.find(({ what }) => what === one.what);
    const factor = base ? `${(one.medianMs / base.medianMs).toFixed(2)} ×` : '';
    const verdict = one.medianMs < limitMs ? 'within' : 'over';
    return [one.what, base ? ms(base.medianMs) : '', ms(one.medianMs), factor, ms(one.p95Ms), ms(one.maxMs), verdict];
  });
  const [less, more] = [few[0]?.shards ?? 0, many[0]?.shards ?? 0];
  const head = ['', `median, ${less} shards`, `median, ${more} shards`, 'factor', '95 %', 'longest', `${limitMs} ms`];
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const lineOf = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [lineOf(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(lineOf)].join('\n');
}
