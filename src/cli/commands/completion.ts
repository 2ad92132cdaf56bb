import { Argument } from 'commander';
import { examples, type Register } from '../cli';
import { completionScript, loading, SHELLS, type Shell } from '../completion';
import { ownLines } from '../../text/terminal';
import { say } from '../io';

/** `bigswitch completion`: a script for the shell. */
export const completionCommand: Register = (program, cli) => {
  program
    .command('completion')
    .description('Prints a script that lets a shell complete commands and options.')
    .addArgument(new Argument('[shell]', 'the shell').choices(SHELLS).default('bash' satisfies Shell))
    .addHelpText(
      'after',
      examples(
        [loading('bash'), 'for this shell'],
        ['bigswitch completion bash >~/.local/share/bash-completion/completions/bigswitch', 'for every shell to come'],
        [loading('zsh'), 'in ~/.zshrc for every shell to come'],
        ['bigswitch completion fish >~/.config/fish/completions/bigswitch.fish', 'for every shell to come'],
      ),
    )
    .action((shell: Shell) => say(cli.io, ownLines(completionScript(program, shell))));
};
