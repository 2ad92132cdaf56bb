import { confirm, input } from '@inquirer/prompts';
import { harmless } from '../text/harmless';
import { CliError, EXIT } from './exit';
import type { Io } from './io';

/** Questions go to standard error, so that standard output stays the answer. */
function context(io: Io) {
  return { input: io.stdin, output: io.stderr, signal: io.signal };
}

/** Asks for a word that has to be typed out. @throws CliError USAGE when something else was typed */
export async function askWord(io: Io, word: string, question: string): Promise<void> {
  const typed = await input({ message: harmless(`${question} Type ${word} to go on:`) }, context(io));
  if (typed.trim() !== word) throw new CliError(EXIT.USAGE, `"${typed}" is not "${word}"; nothing was sent.`);
}

/** Asks yes or no; no is what Enter says. @throws CliError USAGE on no */
export async function askYes(io: Io, question: string): Promise<void> {
  if (!(await confirm({ message: harmless(question), default: false }, context(io)))) {
    throw new CliError(EXIT.USAGE, 'Nothing was sent.');
  }
}

/** Asks for a text. */
export async function askText(
  io: Io,
  question: string,
  options: { default?: string; validate?: (value: string) => true | string } = {},
): Promise<string> {
  const { validate, ...others } = options;
  const told = (value: string) => {
    const answer = validate?.(value) ?? true;
    return answer === true || harmless(answer);
  };
  const asked = { message: harmless(question), required: others.default === undefined, ...others, validate: told };
  return (await input(asked, context(io))).trim();
}
