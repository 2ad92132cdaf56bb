import type { Command } from 'commander';
import type { Io } from './io';
import type { ConnectionFlags } from './server';

/** Options that every command takes, before or after its name. */
export interface GlobalOptions extends ConnectionFlags {
  json?: boolean;
  debug?: boolean;
}

/** Adds one command to the program; the list of them is COMMANDS in src/cli/program.ts. */
export type Register = (program: Command, cli: Cli) => void;

/** What every command works with. */
export interface Cli {
  io: Io;
  /** The global options as they were given to this command. */
  globals(command: Command): GlobalOptions;
  /** For commands that end in good order by themselves after Ctrl-C: nothing cuts them off. */
  endsByItself(): void;
  /** Lets the program end with this exit code although nothing failed. */
  exitWith(code: number): void;
}

/** What one run of the program was told by its commands. */
export interface Outcome {
  exitCode: number;
  endsByItself: boolean;
}

/** Makes what the commands work with. */
export function createCli(io: Io, outcome: Outcome): Cli {
  return {
    io,
    globals: (command) => command.optsWithGlobals<GlobalOptions>(),
    endsByItself: () => void (outcome.endsByItself = true),
    exitWith: (code) => void (outcome.exitCode = code),
  };
}

/**
 * What a command does when it is run. Its module is loaded then and not before: what Temporal and Elasticsearch need takes
 * longer to load than a help takes to print.
 * @param load requires the command's module in `src/cli/actions/`
 */
export function lazily<Given extends unknown[]>(
  cli: Cli,
  load: () => { run(cli: Cli, ...given: Given): void | Promise<void> },
): (...given: Given) => void | Promise<void> {
  return (...given) => load().run(cli, ...given);
}

/** Examples under the help of a command, each as `[command, what it does]`. */
export function examples(...lines: [command: string, what: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const text = lines.map(([command, what]) => `  ${command.padEnd(width)}${what ? `   ${what}` : ''}`.trimEnd());
  return `\nExamples:\n${text.join('\n')}`;
}
