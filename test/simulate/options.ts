import { Command, InvalidArgumentError, Option } from 'commander';

/** What was asked for. */
export interface SimulateOptions {
  seeds: { from: number; to: number };
  planSize: number;
  shrink: boolean;
  json: boolean;
  trace: boolean;
  jobs: number;
  mutants: boolean;
}

/** The command line of scripts/simulate. */
export function simulateCommand(): Command {
  return new Command('scripts/simulate')
    .summary('run migrations in a simulated world')
    .description(
      'Runs the real workflows against a simulated cluster, with simulated hosts, people, faults and time: one whole ' +
        'migration for each seed. Looks after every event whether a promise was broken. Needs no server and no lab.',
    )
    .addOption(
      new Option('--seeds <range>', 'seeds to play, for example 1..1000 or 7')
        .argParser(range)
        .default({ from: 1, to: 100 }, '1..100'),
    )
    .addOption(new Option('--plan-size <nodes>', 'most nodes on each side').argParser(whole).default(6))
    .option('--shrink', 'shrink the first failing seed of each broken rule, and print it as a test', false)
    .option('--trace', 'print everything that happened, for each seed', false)
    .addOption(new Option('--jobs <n>', 'processes that play at the same time').argParser(whole).default(2))
    .option('--mutants', 'put deliberate faults into the workflows, and see that each is found', false)
    .option('--json', 'print the results as JSON on standard output', false)
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ scripts/simulate --seeds 1..1000\n' +
        '  $ scripts/simulate --seeds 34 --shrink\n' +
        '  $ scripts/simulate --mutants --seeds 1..2000\n' +
        '  $ scripts/simulate --seeds 1..200 --plan-size 30 --json >results.json\n' +
        '\nExit codes: 0 every promise was kept for each seed, or every fault found; 1 otherwise; 2 wrong options.',
    );
}

function range(text: string): SimulateOptions['seeds'] {
  const [, first, last] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (first === undefined || to < from) throw new InvalidArgumentError('must be a seed, or two as in 1..1000.');
  return { from, to };
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1 on.');
  return Number(text);
}
