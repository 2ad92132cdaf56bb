import type * as Action from '../actions/replay';
import { examples, lazily, type Register } from '../cli';

/** `bigswitch replay`: which open runs this build can go on with. */
export const replayCommand: Register = (program, cli) => {
  program
    .command('replay')
    .argument('[name]', 'name of the plan (default: every open run of the namespace)')
    .description(
      'Says which open runs this build can take over. It replays what they did with its workflows; nothing is changed, ' +
        'and no host is asked. Before an upgrade, with the new build; a run that it can not take goes on with the old one.',
    )
    .addHelpText(
      'after',
      examples(['bigswitch replay', 'before the workers get this build'], ['bigswitch replay shop --json', '']),
    )
    .action(lazily(cli, () => require('../actions/replay') as typeof Action));
};
