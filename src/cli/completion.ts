import type { Command } from 'commander';

/** The shells for which there is a completion. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script that lets a shell complete commands and their options, made from the program itself; where nothing fits,
 * files are offered.
 * @param program with all its commands
 */
export function completionScript(program: Command, shell: Shell): string {
  const load = `# Completion for ${shell}. Load it with: ${loading(shell)}`;
  if (shell === 'fish') return [load, ...fishLines(program)].join('\n');
  // zsh runs what is written for bash, as soon as it is asked to.
  const before =
    shell === 'zsh' ? ['autoload -U +X compinit && compinit', 'autoload -U +X bashcompinit && bashcompinit'] : [];
  return [load, ...before, bashFunction(program)].join('\n');
}

/** What a person types to have it in the shell that is open. */
export function loading(shell: Shell): string {
  return shell === 'fish' ? 'bigswitch completion fish | source' : `source <(bigswitch completion ${shell})`;
}

function bashFunction(program: Command): string {
  const names = program.commands.map((command) => command.name());
  const global = longOptions(program);
  const cases = program.commands.map((command) => {
    const words = new Set([...longOptions(command), ...global]);
    return `    ${command.name()}) words='${[...words].join(' ')}' ;;`;
  });
  return `_bigswitch() {
  local command='' word words
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
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

/** fish says beside each word what it is for. */
function fishLines(program: Command): string[] {
  const option = (command: Command, when: string) =>
    command.options.flatMap(({ long, description, required }) =>
      long
        ? [`complete -c bigswitch ${when}-l ${long.slice(2)} ${required ? '-r ' : ''}-d ${quoted(description)}`]
        : [],
    );
  const names = program.commands.map((command) => command.name());
  const first = `-n 'not __fish_seen_subcommand_from ${names.join(' ')}' -f `;
  return [
    ...option(program, ''),
    `complete -c bigswitch -l help -d 'print how to use it'`,
    ...program.commands.flatMap((command) => [
      `complete -c bigswitch ${first}-a ${command.name()} -d ${quoted(command.description())}`,
      ...option(command, `-n '__fish_seen_subcommand_from ${command.name()}' `),
    ]),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function longOptions(command: Command): string[] {
  return [...command.options.flatMap((option) => option.long ?? []), '--help'];
}
