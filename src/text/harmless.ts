/**
 * What a reader does not see as it is: control characters (ESC, CSI, OSC, BEL, CR, C1), what turns the direction of text,
 * what has no width, tags and other characters that are made to be ignored, and halves of characters.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]+/gu;

/** Text that came from outside as one line of what can be seen; each run of anything else becomes one space. */
export function harmless(text: string): string {
  return text.replace(UNSEEN, ' ');
}

/** The same for a text of several lines; a tab becomes two spaces. */
export function harmlessLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => harmless(line.replaceAll('\t', '  ')))
    .join('\n');
}

/**
 * A value as JSON that says the same to a program and is harmless to look at: what is not seen is written as `\uXXXX`.
 * @param indent spaces for each level; without them it is one line
 */
export function harmlessJson(value: unknown, indent?: number): string {
  return codedJson(JSON.stringify(value, null, indent) ?? 'null');
}

/** JSON that was written already, so that it says the same and is harmless to look at; line ends of its layout stay. */
export function codedJson(json: string): string {
  return json.replace(UNSEEN, coded);
}

function coded(run: string): string {
  return Array.from({ length: run.length }, (_, index) => {
    const unit = run.charCodeAt(index);
    return unit === 0x0a ? '\n' : `\\u${unit.toString(16).padStart(4, '0')}`;
  }).join('');
}

/**
 * Every text in a value, cleaned; names of fields too, so that a new field is covered by itself. Dates and the like are no
 * texts, and stay as they are; a value within itself becomes a word.
 */
export function everyText<T>(value: T, clean: (text: string) => string): T {
  const around = new Set<unknown>();
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return clean(one);
    if (!Array.isArray(one) && !isPlain(one)) return one;
    if (around.has(one)) return '[itself]';
    around.add(one);
    const walked = Array.isArray(one)
      ? one.map(walk)
      : Object.fromEntries(Object.entries(one).map(([key, field]) => [clean(key), walk(field)]));
    around.delete(one);
    return walked;
  };
  return walk(value) as T;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Data of another realm, such as a workflow's sandbox, has an Object.prototype of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What marks the place where a text was cut. */
export const CUT = '…';

/** The text in at most so many characters; of one that was cut, the last is `…`. No character is cut in half. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const kept = text.slice(0, Math.max(0, longest - CUT.length));
  return (/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept) + CUT;
}
