import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';
import { harmlessJson } from '../text/harmless';
import { colours, term, writeLine, type Colours, type Piece } from '../text/terminal';

/** Where a command reads and writes. */
export interface Io {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** A person can be asked: stdin and stderr are a terminal. */
  interactive: boolean;
  /** Standard output is a terminal. */
  terminal: boolean;
  /** Colours of standard output: on only on a terminal, and not with NO_COLOR. */
  colours: Colours;
  /** Width of standard output in columns. */
  columns: number;
  env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** Width where there is no terminal. */
const COLUMNS_WITHOUT_TERMINAL = 100;

/** The real terminal, files or pipes of this process. */
export function processIo(signal: AbortSignal): Io {
  const { stdin, stdout, stderr, env } = process;
  const terminal = stdout.isTTY === true;
  return {
    stdin,
    stdout,
    stderr,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    terminal,
    colours: colours(terminal && pc.isColorSupported && !env.NO_COLOR),
    columns: terminal ? stdout.columns : COLUMNS_WITHOUT_TERMINAL,
    env,
    signal,
  };
}

/** Writes to standard output: a string as one clean line, or what src/text/terminal.ts has made. */
export function say(io: Io, text: Piece): void {
  writeLine(io.stdout, text);
}

/** Writes to standard error what is not the answer itself; as {@link say} does. */
export function note(io: Io, text: Piece): void {
  writeLine(io.stderr, text);
}

/** Writes to standard error what stays on its line, to be written over. */
export function noteMoving(io: Io, text: Piece): void {
  io.stderr.write(String(term`${text}`));
}

/** Writes one JSON document to standard output; a terminal that shows it takes nothing in it for a command. */
export function sayJson(io: Io, value: unknown): void {
  io.stdout.write(`${harmlessJson(value, 2)}\n`);
}
