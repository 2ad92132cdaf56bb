import type * as Action from '../actions/watch';
import { examples, lazily, type Register } from '../cli';
import { byOption, nameArgument, workflowIdOption } from '../options';

/** `bigswitch watch`: the live screen. */
export const watchCommand: Register = (program, cli) => {
  program
    .command('watch')
    .description(
      'Shows a migration live: phases, hosts, where each shard is, the bridge, the apps, and the open gate, which can be ' +
        'approved here. Without a terminal it writes a line for each thing that is new, and ends with the migration; with --json, ' +
        'one document for each look.',
    )
    .addArgument(nameArgument())
    .addOption(byOption())
    .addOption(workflowIdOption())
    .addHelpText(
      'after',
      examples(
        ['bigswitch watch', 'the one that runs, or the last one'],
        ['bigswitch watch shop | tee shop.log', 'as lines; exits 0 only if it migrated'],
        ['NO_COLOR=1 bigswitch watch shop', 'without colours'],
      ),
    )
    .action(lazily(cli, () => require('../actions/watch') as typeof Action));
};
