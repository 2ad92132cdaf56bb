import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { chaosCommand } from '../../lab/chaos/options';
import { labCommand } from '../../lab/commands';
import { demoCommand } from '../../lab/demo/options';
import { setupCommand } from '../../lab/setup/options';
import { benchCommand } from '../bench/options';
import { testCommand } from '../run/options';
import { simulateCommand } from '../simulate/options';

/** Folder of what a person runs. */
export const SCRIPTS = join(__dirname, '..', '..', 'scripts');

/** The command line of each script, by its name. */
export const COMMAND_LINES: Record<string, () => Command> = {
  bench: benchCommand,
  chaos: chaosCommand,
  demo: demoCommand,
  lab: labCommand,
  setup: setupCommand,
  simulate: simulateCommand,
  test: testCommand,
};

/** Commands whose last arguments are for another program: a --help among them is that program's. */
const HAND_ON = ['ssh'];
/** Width of the text, in columns. */
const COLUMNS = 100;
const BEGIN =
  '# Help needs nothing that would have to be installed. This part is made of the program by `npm run manual`.';
const END = '# End of the help.';

/** What `--help` of a command prints. */
export function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (more) => void (text += more), getOutHelpWidth: () => COLUMNS }).outputHelp();
  return text.trim();
}

/** A command and all that stand below it, the lowest first, each with the words that call it. */
export function commandsOf(command: Command, words: string[] = []): [words: string, command: Command][] {
  const below = command.commands.flatMap((sub) => commandsOf(sub, [...words, sub.name()]));
  return [...below, [words.join(' '), command]];
}

/** The part of a script that answers `--help`, in shell. */
export function helpPart(program: Command): string {
  const commands = commandsOf(program);
  const printed = (command: Command) => `cat <<'HELP'\n${helpOf(command)}\nHELP`;
  const arms = commands.map(([words, command]) => {
    const pattern = words === '' ? '*' : `'${words}' | '${words} '*`;
    return `    ${pattern})\n      ${printed(command)}\n      ;;`;
  });
  const body = arms.length === 1 ? [`  ${printed(program)}`] : ['  case $1 in', ...arms, '  esac'];
  const handOn = commands.filter(([words]) => HAND_ON.includes(words)).map(([words]) => `'${words} '?*`);
  return [
    BEGIN,
    ...['usage() {', ...body, '}'],
    ...["words=''", 'for argument in "$@"; do', '  case $argument in', '    -h | --help)', '      usage "$words"'],
    ...['      exit 0', '      ;;', '    -*) ;;', '    *) words="${words:+$words }$argument" ;;', '  esac'],
    ...handOn.map((pattern) => `  case $words in ${pattern}) break ;; esac`),
    'done',
    END,
  ].join('\n');
}

/** A script with its help as the program has it today. @throws Error when it has no place for it */
export function withHelp(script: string, program: Command): string {
  const [begin, end] = [script.indexOf(BEGIN), script.indexOf(END)];
  if (begin === -1 || end === -1) throw new Error(`the script has no line "${begin === -1 ? BEGIN : END}"`);
  return script.slice(0, begin) + helpPart(program) + script.slice(end + END.length);
}

if (require.main === module) {
  for (const [name, program] of Object.entries(COMMAND_LINES)) {
    const path = join(SCRIPTS, name);
    writeFileSync(path, withHelp(readFileSync(path, 'utf8'), program()));
  }
}
