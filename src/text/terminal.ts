import { harmless, harmlessLines } from './harmless';

/**
 * Text that may go to a terminal. Only what is in this file makes it, and it cleans all that it is made of, so that nothing
 * from outside can move the cursor, change colours, write the clipboard or begin a line of its own.
 */
class Shown {
  // Nothing else looks like it to the compiler.
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Shown };

/** What may stand in a `term` template. */
export type Piece = Shown | string | number | undefined | false | Piece[];

function render(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (Array.isArray(piece)) return piece.map(render).join('');
  return piece instanceof Shown ? piece.toString() : harmless(String(piece));
}

/** Template tag: everything put into it is cleaned and stays on its line, unless it was made here itself. */
export function term(strings: TemplateStringsArray, ...pieces: Piece[]): Shown {
  return new Shown(strings.reduce((text, string, index) => text + render(pieces[index - 1]) + string));
}

/** Writes one line to a terminal, a file or a pipe: a string as a clean one, or what was made here. */
export function writeLine(stream: { write(text: string): unknown }, text: Piece): void {
  stream.write(`${render(text)}\n`);
}

/** Lines below each other; those that are undefined are left out. */
export function below(lines: Piece[], between = '\n'): Shown {
  return new Shown(
    lines
      .filter((line) => line !== undefined && line !== false)
      .map(render)
      .join(between),
  );
}

/** A text of several lines that came from outside; the second and all others are indented, so that none looks like ours. */
export function paragraph(text: string): Shown {
  const [first = '', ...rest] = harmlessLines(text).split('\n');
  return new Shown([first, ...rest.map((line) => (/^(?: {2}|$)/.test(line) ? line : `  ${line}`))].join('\n'));
}

/** A text of several lines that is the program's own: help, a script for the shell. It is cleaned all the same. */
export function ownLines(text: string): Shown {
  return new Shown(harmlessLines(text));
}

/**
 * What a library has laid out of texts that were made here, without the spaces at the ends of lines. Codes for colours of
 * ours stay, and nothing else does.
 */
export function laidOut(text: string): Shown {
  const lines = text.split('\n').map((line) => line.trimEnd().split(COLOUR).map(unlessColour).join(''));
  return new Shown(lines.join('\n'));
}

// eslint-disable-next-line no-control-regex -- the escape character is what begins a colour
const COLOUR = /(\u001b\[(?:0|1|2|22|31|32|33|39)m)/;

function unlessColour(part: string): string {
  return COLOUR.test(part) ? part : harmless(part);
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** The colours of a text; each is put on after cleaning, and does nothing where colours are off. */
export type Colours = Record<keyof typeof CODES, (piece: Piece) => Shown> & { on: boolean };

/** The colours of an output. @param on false on what is no terminal, or with NO_COLOR */
export function colours(on: boolean): Colours {
  const paint = ([open, close]: readonly [number, number]) => {
    return (piece: Piece) => new Shown(on ? `\u001b[${open}m${render(piece)}\u001b[${close}m` : render(piece));
  };
  const { bold, dim, red, green, yellow } = CODES;
  return { on, bold: paint(bold), dim: paint(dim), red: paint(red), green: paint(green), yellow: paint(yellow) };
}

/** The text without our colours. */
export function withoutColours(text: string): string {
  return text
    .split(COLOUR)
    .filter((part) => !COLOUR.test(part))
    .join('');
}
