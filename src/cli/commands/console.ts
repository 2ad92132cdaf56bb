import type * as Action from '../actions/console';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, portOption, workflowIdOption } from '../options';

/** `bigswitch console`: the page. */
export const consoleCommand: Register = (program, cli) => {
  program
    .command('console')
    .description(
      'Serves a page with the live picture of a migration: shards, timeline, plots, audit, and the open gate, which can be ' +
        'approved or rejected there. It is served on this machine alone, and the address works once: it carries a token. ' +
        'It ends with Ctrl-C; the migration goes on.',
    )
    .addArgument(nameArgument())
    .addOption(portOption())
    .option('--no-open', 'only write the address, open no browser')
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch console', 'the one that runs, or the last one; opens the browser'],
        ['bigswitch console shop --no-open', 'writes the address'],
        ['bigswitch console --port 8123 --no-open', 'for `ssh -L 8123:127.0.0.1:8123` from your own machine'],
      ),
    )
    .action(lazily(cli, () => require('../actions/console') as typeof Action));
};
