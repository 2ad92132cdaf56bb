import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { table } from './figures';
import { benchSeat } from './seat';

const OUT = join(__dirname, '..', '..', 'out', 'bench');
/** What an operator waits for without noticing. */
const LIMIT_MS = 300;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('use a whole number above 0.');
  return number;
}

async function main(): Promise<void> {
  const program = new Command('scripts/bench')
    .description(
      'Measures what an operator waits for: status, one look, and an update of the console, with few shards and with many. ' +
        'Needs a Temporal binary and Chromium; scripts/setup --for-tests gets both. No lab.',
    )
    .option('--few <shards>', 'shard groups of the small cluster', positive, 60)
    .option('--many <shards>', 'shard groups of the large cluster', positive, 1000)
    .option('--rounds <number>', 'how often each is measured', positive, 100)
    .addHelpText(
      'after',
      `\nExit code: 0 when every median with many shards is under ${LIMIT_MS} ms, 1 when one is not.`,
    )
    .parse();
  const { few, many, rounds } = program.opts<{ few: number; many: number; rounds: number }>();
  const load = loadavg()[0] ?? NaN;
  const [small, large] = [await benchSeat(few, rounds), await benchSeat(many, rounds)];
  mkdirSync(OUT, { recursive: true });
  const result = { limitMs: LIMIT_MS, cores: cpus().length, loadBefore: load, measured: [...small, ...large] };
  writeFileSync(join(OUT, 'seat.json'), `${JSON.stringify(result, null, 2)}\n`);
  console.log(
    `${table(small, large, LIMIT_MS)}\n\n${rounds} rounds each, ${cpus().length} cores, load ${load.toFixed(1)}`,
  );
  process.exitCode = large.every(({ medianMs }) => medianMs < LIMIT_MS) ? 0 : 1;
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
