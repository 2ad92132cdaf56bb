import { Command } from 'commander';
import { interruptSignal } from '../interrupt';
import { DEFAULT_OPTIONS } from '../types';
import { exitCodeOf } from './command';
import { ensureTools } from './tools';

async function main(): Promise<void> {
  const program = new Command('scripts/setup')
    .description('Installs what the demo, the lab and the tests call, unless it is there already.')
    .option('--es <version>', 'Elasticsearch version of the lab', DEFAULT_OPTIONS.es)
    .option('--for-tests', 'also what only the tests need', false)
    .addHelpText(
      'after',
      `
Examples:
  scripts/setup                 everything for scripts/demo and scripts/lab
  scripts/setup --for-tests     also for scripts/test
  scripts/setup --es 8.17.0     for a lab with another Elasticsearch

What is downloaded or built is kept in $BIGSWITCH_CACHE (default ~/.cache/bigswitch).`,
    )
    .parse();
  const options = program.opts<{ es: string; forTests: boolean }>();
  const started = Date.now();
  try {
    await ensureTools({ ...options, signal: interruptSignal() });
    console.log(`Everything is there (${((Date.now() - started) / 1000).toFixed(1)} s).`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = exitCodeOf(error);
  }
}

void main();
