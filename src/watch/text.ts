import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { harmless } from '../text/harmless';

/** What a piece of text stands for; the terminal gives it a colour, and without colours it is readable too. */
export type Style = 'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'old' | 'new' | 'key';

/** A piece of one line. */
export interface Span {
  text: string;
  style?: Style;
}

/** One line of the screen, from left to right. */
export type Line = Span[];

/** Text with a style, cleaned. */
export function styled(style: Style, text: string): Span {
  return { text: harmless(text), style };
}

/** A line of texts, which are cleaned, and spans. */
export function line(...parts: (string | Span)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? { text: harmless(part) } : part));
}

/** A line as text. */
export function plain(parts: Line): string {
  return parts.map(({ text }) => text).join('');
}

/** Columns that a line takes. */
export function widthOf(parts: Line): number {
  return stringWidth(plain(parts));
}

/** The text, cleaned, in at most so many columns; what is cut off ends in `…`. */
export function shorten(given: string, columns: number): string {
  const text = harmless(given);
  if (stringWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  for (const char of text) {
    if (stringWidth(kept + char) > columns - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** The line in exactly so many columns, cut or filled up with spaces. */
export function fit(parts: Line, columns: number): Line {
  const fitted: Line = [];
  let left = columns;
  for (const { text, style } of parts) {
    const part = shorten(text, left);
    if (part !== '') fitted.push({ text: part, ...(style && { style }) });
    left -= stringWidth(part);
    if (part !== text) break;
  }
  return left > 0 ? [...fitted, { text: ' '.repeat(left) }] : fitted;
}

/** Two ends of one line: of too much, the left end is cut. */
export function spread(left: Line, right: Line, columns: number): Line {
  return [...fit(left, Math.max(0, columns - widthOf(right))), ...right];
}

/** Text in lines of at most so many columns, broken between words where that is possible. */
export function wrap(text: string, columns: number): string[] {
  return wrapAnsi(harmless(text), Math.max(1, columns), { hard: true }).split('\n');
}
