import { PassThrough, type Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../../src/cli/io';
import { runCli } from '../../src/cli/program';
import { colours } from '../../src/text/terminal';

/** What a run of the program left behind. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** How the program is run. */
export interface RunOptions {
  /** Lines that a person types; with them there is a terminal to ask at. */
  typed?: string[];
  env?: NodeJS.ProcessEnv;
  columns?: number;
  /** Pressed after so many milliseconds. */
  ctrlCAfterMs?: number;
  /** Aborted: Ctrl-C is pressed. */
  ctrlC?: AbortSignal;
  /** Called with each piece that is written to standard output. */
  onStdout?: (text: string) => void;
  /** Called with each piece that is written to standard error. */
  onStderr?: (text: string) => void;
}

class Stays extends PassThrough {
  override end(): this {
    return this;
  }
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  // A prompt ends its output when it is done; a terminal stays open all the same.
  const stream = new Stays();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream, text: () => chunks.join('') };
}

/** Runs the program in this process, with streams of its own instead of a terminal. */
export async function run(argv: string[], options: RunOptions = {}): Promise<Ran> {
  const [stdout, stderr, stdin, controller] = [collector(), collector(), new PassThrough(), new AbortController()];
  const io: Io = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    interactive: options.typed !== undefined,
    terminal: false,
    colours: colours(false),
    columns: options.columns ?? 100,
    env: options.env ?? {},
    signal: controller.signal,
  };
  const timer = options.ctrlCAfterMs && setTimeout(() => controller.abort(), options.ctrlCAfterMs);
  options.ctrlC?.addEventListener('abort', () => controller.abort());
  stdout.stream.on('data', (chunk: Buffer) => options.onStdout?.(chunk.toString()));
  stderr.stream.on('data', (chunk: Buffer) => options.onStderr?.(chunk.toString()));
  // Each question is answered when it was asked, and once: a person types after reading, and the line is drawn anew with each key.
  const answers = [...(options.typed ?? [])];
  const asked = new Set<string>();
  stderr.stream.on('data', (chunk: Buffer) => {
    // Where the line is broken depends on what was typed so far.
    const text = stripVTControlCharacters(chunk.toString()).replaceAll(/\s+/g, ' ');
    const [, question] = /\? (.+?)[?:]/.exec(text) ?? [];
    if (question === undefined || asked.has(question) || answers.length === 0) return;
    asked.add(question);
    setTimeout(() => stdin.write(`${answers.shift()}\n`), 50);
  });
  const code = await runCli(argv, io);
  if (timer) clearTimeout(timer);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
