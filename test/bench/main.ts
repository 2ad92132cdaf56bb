import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { table } from './figures';
import { benchCommand, LIMIT_MS } from './options';
import { benchSeat } from './seat';
import { benchStart } from './start';

const OUT = join(__dirname, '..', '..', 'out', 'bench');
/** Starting a program is the same each time, and a start costs more than an answer. */
const STARTS_AT_MOST = 20;

async function main(): Promise<void> {
  const program = benchCommand().parse();
  const { few, many, rounds } = program.opts<{ few: number; many: number; rounds: number }>();
  const load = loadavg()[0] ?? NaN;
  const starts = await benchStart(Math.min(rounds, STARTS_AT_MOST));
  const [small, large] = [await benchSeat(few, rounds), await benchSeat(many, rounds)];
  mkdirSync(OUT, { recursive: true });
  const result = { limitMs: LIMIT_MS, cores: cpus().length, loadBefore: load, measured: [...small, ...large], starts };
  writeFileSync(join(OUT, 'seat.json'), `${JSON.stringify(result, null, 2)}\n`);
  for (const { what, medianMs, p95Ms } of starts) {
    console.log(`${what}: median ${medianMs.toFixed(0)} ms, 95 % ${p95Ms.toFixed(0)} ms`);
  }
  console.log(
    `${table(small, large, LIMIT_MS)}\n\n${rounds} rounds each, ${cpus().length} cores, load ${load.toFixed(1)}`,
  );
  process.exitCode = large.every(({ medianMs }) => medianMs < LIMIT_MS) ? 0 : 1;
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
