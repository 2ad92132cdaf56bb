import { Command, InvalidArgumentError } from 'commander';
import { headCommit } from '../record/stored';
import { DEFAULT_OPTIONS } from '../types';

/** What a person asked of the chaos runner. */
export interface ChaosOptions {
  /** Names of scenarios. */
  scenarios: string[];
  all: boolean;
  list: boolean;
  /** Choose by seed what fits into so many minutes. */
  minutes?: number;
  seed: number;
  /** With `minutes`: only what kept every promise in its last published run. */
  proven: boolean;
  docs: number;
  es: string;
  json: boolean;
  keep: boolean;
  /** Run nothing; add the results that are there to docs/RELIABILITY.md. */
  publish: boolean;
}

/** Documents of a small data set: a migration takes three minutes, and most of that is waiting for proofs. */
const DOCS = 5_000;

function whole(min: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min) throw new InvalidArgumentError(`give a whole number from ${min} on`);
    return value;
  };
}

/** A seed may be a number, the hash of a commit, or HEAD for that of the commit that is run. */
function seed(given: string): number {
  const text = given === 'HEAD' ? headCommit() : given;
  const value = /^[0-9]{1,9}$/.test(text)
    ? Number(text)
    : /^[0-9a-f]{7,40}$/.test(text)
      ? parseInt(text.slice(0, 7), 16)
      : NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError("give a whole number, a commit's hash, or HEAD");
  return value;
}

/** The chaos runner's command line. */
export function chaosCommand(): Command {
  return new Command('scripts/chaos')
    .description(
      'Runs migrations on the real lab while things go wrong, and judges each: every promise must be kept.\n' +
        'Leaves out/chaos/SCENARIO/{evidence.json,…} and the result of every run in out/chaos/results/.',
    )
    .argument('[scenarios...]', 'names of scenarios; see --list')
    .option('--all', 'every scenario, one after the other', false)
    .option('--list', 'print the scenarios and what is expected of each', false)
    .option('--minutes <n>', 'as many scenarios as fit, another choice with another seed', whole(1))
    .option('--proven', 'with --minutes: only what kept every promise when it was published last', false)
    .option('--seed <n>', "where and when faults strike: a number, a commit's hash, or HEAD", seed, 1)
    .option('--docs <n>', 'documents at the start', whole(1000), DOCS)
    .option('--es <version>', 'Elasticsearch version', DEFAULT_OPTIONS.es)
    .option('--json', 'print the results (or the list) as JSON on standard output, all else on standard error', false)
    .option('--keep', 'leave the last lab, Temporal and the worker up', false)
    .option('--publish', 'run nothing; add the results of all runs here to docs/RELIABILITY.md', false)
    .addHelpText(
      'after',
      `
Examples:
  $ scripts/chaos --list
  $ scripts/chaos worker-killed-after-apply --seed 7
  $ scripts/chaos --minutes 15 --proven --seed HEAD
  $ scripts/chaos --all --json >results.json
  $ scripts/chaos --publish

Exit codes: 0 every promise was kept in each; 1 one was broken; 2 wrong options;
            3 something is missing on this machine (it says what); 130 interrupted (everything was brought down).`,
    );
}

/** Parses the command line; prints help or the mistake and exits where that is what was asked. */
export function parseOptions(argv: string[]): ChaosOptions {
  const command = chaosCommand()
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv);
  const options = { ...command.opts<Omit<ChaosOptions, 'scenarios'>>(), scenarios: command.args };
  const ways = [
    options.scenarios.length > 0,
    options.all,
    options.minutes !== undefined,
    options.list,
    options.publish,
  ];
  if (ways.filter(Boolean).length !== 1) {
    command.error('error: give names of scenarios, or one of --all, --minutes, --list, --publish');
  }
  if (options.proven && options.minutes === undefined) command.error('error: --proven needs --minutes');
  return options;
}
