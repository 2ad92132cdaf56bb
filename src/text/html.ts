import { harmless, harmlessLines } from './harmless';

/** Text that is HTML already and must not be escaped again; only what is in this file makes it. */
class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Html };

/** What may stand in an `html` template. */
export type Part = Html | string | number | undefined | false | Part[];

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Letters that are written from right to left, and turn what stands beside them. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Cleans text and escapes it for HTML content and for attribute values in quotes. */
export function escape(text: string): string {
  return harmlessLines(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Text in the content of an element keeps its direction to itself; within a tag there can be no element. */
function render(part: Part, withinTag: boolean): string {
  if (part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map((one) => render(one, withinTag)).join('');
  if (part instanceof Html) return part.text;
  const text = String(part);
  return !withinTag && RIGHT_TO_LEFT.test(text) ? `<bdi>${escape(text)}</bdi>` : escape(text);
}

/** Template tag: everything put into it is cleaned and escaped unless it is `Html` itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let withinTag = false;
  let text = '';
  strings.forEach((string, index) => {
    text += string;
    const [opened, closed] = [string.lastIndexOf('<'), string.lastIndexOf('>')];
    if (opened !== closed) withinTag = opened > closed;
    if (index < parts.length) text += render(parts[index], withinTag);
  });
  return new Html(text);
}

/** What somebody named, in content: whatever it is written in, it turns nothing but itself. */
export function named(name: string): Html {
  return new Html(`<bdi>${escape(name)}</bdi>`);
}

/** Text where no element may stand: in a title, in an attribute. */
export function bare(text: string): Html {
  return new Html(escape(harmless(text)));
}

/** HTML made by a trusted source of our own (styles, charts); never for anything that came from outside. */
export function trusted(text: string): Html {
  return new Html(text);
}
