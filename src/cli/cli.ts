import type { Command } from 'commander';
import { connectServer, type ConnectionFlags, type Server } from './server';
import type { Io } from './io';

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
  /** Connects to the Temporal server, runs, and closes the connection. @throws CliError when it can't be reached */
  withServer<T>(command: Command, run: (server: Server) => Promise<T>): Promise<T>;
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
  const globals = (command: Command) => command.optsWithGlobals<GlobalOptions>();
  return {
    io,
    globals,
    async withServer(command, run) {
      const server = await connectServer(globals(command), io.env);
      try {
        return await run(server);
      } finally {
        await server.close();
      }
    },
    endsByItself: () => void (outcome.endsByItself = true),
    exitWith: (code) => void (outcome.exitCode = code),
  };
}

/** Examples under the help of a command, each as `[command, what it does]`. */
export function examples(...lines: [command: string, what: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const text = lines.map(([command, what]) => `  ${command.padEnd(width)}${what ? `   ${what}` : ''}`.trimEnd());
  return `\nExamples:\n${text.join('\n')}`;
}
