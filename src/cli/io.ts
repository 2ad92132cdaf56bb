import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

/** The colours of a text; each does nothing where colours are off. */
export type Colours = ReturnType<typeof pc.createColors>;

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
    colours: pc.createColors(terminal && pc.isColorSupported && !env.NO_COLOR),
    columns: terminal ? stdout.columns : COLUMNS_WITHOUT_TERMINAL,
    env,
    signal,
  };
}

/** Writes one or more lines to standard output. */
export function say(io: Io, text: string): void {
  io.stdout.write(`${text}\n`);
}

/** Writes one or more lines to standard error: what is not the answer itself. */
export function note(io: Io, text: string): void {
  io.stderr.write(`${text}\n`);
}

/** Writes one JSON document to standard output. */
export function sayJson(io: Io, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
