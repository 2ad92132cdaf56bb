import { Command } from 'commander';
import { DEFAULT_OPTIONS } from '../types';

/** The command line of the set-up. */
export function setupCommand(): Command {
  return new Command('scripts/setup')
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
    );
}
