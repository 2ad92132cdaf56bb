import { Command, InvalidArgumentError } from 'commander';

/** What an operator waits for without noticing, in milliseconds. */
export const LIMIT_MS = 300;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('use a whole number above 0.');
  return number;
}

/** The command line of the measurement. */
export function benchCommand(): Command {
  return new Command('scripts/bench')
    .description(
      'Measures what an operator waits for: status, one look, and an update of the console, with few shards and with many; ' +
        'and what needs no server, from start to end. ' +
        'Needs a Temporal binary and Chromium; scripts/setup --for-tests gets both. No lab.',
    )
    .option('--few <shards>', 'shard groups of the small cluster', positive, 60)
    .option('--many <shards>', 'shard groups of the large cluster', positive, 1000)
    .option('--rounds <number>', 'how often each is measured', positive, 100)
    .addHelpText(
      'after',
      `\nExit code: 0 when every median with many shards is under ${LIMIT_MS} ms, 1 when one is not.`,
    );
}
