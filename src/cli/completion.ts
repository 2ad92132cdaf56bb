import type { Command } from 'commander';

/**
 * Completion of commands and their options for bash, made from the program itself; where nothing fits, files are offered.
 * @param program with all its commands
 */
export function bashCompletion(program: Command): string {
  const names = program.commands.map((command) => command.name());
  const global = longOptions(program);
  const cases = program.commands.map(
    (command) => `    ${command.name()}) words='${[...longOptions(command), ...global].join(' ')}' ;;`,
  );
  return `# Completion for bash. Load it with: source <(bigswitch completion)
_bigswitch() {
  local command='' word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names.join('|')}) command=$word; break ;; esac
  done
  case $command in
${cases.join('\n')}
    *) words='${[...names, 'help', ...global].join(' ')}' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _bigswitch bigswitch`;
}

function longOptions(command: Command): string[] {
  return [...command.options.flatMap((option) => option.long ?? []), '--help'].filter(
    (one, i, all) => all.indexOf(one) === i,
  );
}
