import { examples, type Register } from '../cli';
import { bashCompletion } from '../completion';
import { say } from '../io';

/** `bigswitch completion`: a script for the shell. */
export const completionCommand: Register = (program, cli) => {
  program
    .command('completion')
    .description('Prints a script that lets bash complete commands and options.')
    .addHelpText(
      'after',
      examples(
        ['source <(bigswitch completion)', 'for this shell'],
        ['bigswitch completion >~/.local/share/bash-completion/completions/bigswitch', 'for every shell to come'],
      ),
    )
    .action(() => say(cli.io, bashCompletion(program)));
};
