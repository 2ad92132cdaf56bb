import { cut, harmless } from './harmless';
import { utf8Bytes } from './utf8';

/** Text that may be shown as Markdown; only what is in this file makes it. */
class Markdown {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Markdown };

/** What may stand in an `mdText` template. */
export type MarkdownPart = Markdown | string | number | undefined | false | MarkdownPart[];

/** Longest value from outside, in characters: what is longer buries what people have to read. */
const LONGEST_VALUE = 300;

/** What makes a link of itself wherever it stands: an address of the web or of a mailbox. */
const LINKS_ITSELF = /:\/\/|www\.|@|mailto:|xmpp:/i;

/** A value from outside as Markdown that shows it as it is: one line, at most 300 characters, no markup, no link. */
export function escapeMarkdown(text: string): string {
  return cut(harmless(text), LONGEST_VALUE)
    .split(' ')
    .map((word) => (LINKS_ITSELF.test(word) ? codeSpan(word) : escapeWord(word)))
    .join(' ');
}

function escapeWord(word: string): string {
  return (
    word
      .replace(/[\\`*_[\]<>&~|$!^{}]/g, '\\$&')
      // Only at the beginning of a line do these mean anything, and any word may come to stand there; a number only alone.
      .replace(/^[#+=:-]/, '\\$&')
      .replace(/^(\d{1,9})(?=[.)]$)/, '$1\\')
  );
}

/** Text that no reader of Markdown looks into: not for markup, and not for addresses. */
function codeSpan(text: string): string {
  const ticks = fence(text, 1);
  const space = /^`|`$/.test(text) ? ' ' : '';
  return `${ticks}${space}${text}${space}${ticks}`;
}

/** Backticks, one more than the longest run in the text. */
function fence(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}

function render(part: MarkdownPart): string {
  if (part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(render).join('');
  return part instanceof Markdown ? part.toString() : escapeMarkdown(String(part));
}

/** Template tag: everything put into it is escaped unless it is Markdown of ours. */
export function mdText(strings: TemplateStringsArray, ...parts: MarkdownPart[]): Markdown {
  return new Markdown(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string));
}

/** Blocks or lines below each other; those that are undefined are left out. */
export function joined(parts: MarkdownPart[], between = '\n\n'): Markdown {
  return new Markdown(
    parts
      .filter((part) => part !== undefined && part !== false)
      .map(render)
      .join(between),
  );
}

/** A command in a box of its own, ready to copy. */
export function commandBox(command: string): Markdown {
  const line = harmless(command);
  const ticks = fence(line, 3);
  return new Markdown(`${ticks}\n${line}\n${ticks}`);
}

/** UIs cut a summary at this many bytes, and show it as Markdown. */
const SUMMARY_BYTES = 200;

/** A text as the summary of an activity, a timer or a workflow. */
export function summaryText(text: string): string {
  let kept = cut(harmless(text), SUMMARY_BYTES);
  while (utf8Bytes(escapeMarkdown(kept)) > SUMMARY_BYTES) kept = cut(kept, kept.length - 1);
  return escapeMarkdown(kept);
}
