import { cut, everyText } from '../../text/harmless';
import { utf8Bytes } from '../../text/utf8';

/** What was measured stays so: what a run knows is replaced, and never changed in place. */
const measured = new WeakMap<object, number>();

/** Bytes of a value as JSON in UTF-8, which is how Temporal keeps it. Of a list each entry is measured once. */
export function bytesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return utf8Bytes(JSON.stringify(value) ?? '');
  const known = measured.get(value);
  if (known !== undefined) return known;
  const bytes = Array.isArray(value)
    ? value.reduce((sum: number, one) => sum + bytesOf(one) + 1, 2)
    : utf8Bytes(JSON.stringify(value));
  measured.set(value, bytes);
  return bytes;
}

/** Characters that each text keeps in what is too large, tried in this order. */
const TEXTS = [4_000, 1_000, 200, 40];

/** A value whose texts are cut until it has at most so many bytes, or can't become smaller that way. Pure. */
export function shortened<T>(value: T, most: number): T {
  let short = value;
  for (const longest of TEXTS) {
    if (bytesOf(short) <= most) break;
    short = everyText(value, (text) => cut(text, longest));
  }
  return short;
}

/** Of a list that is too large this share stays, so that it is not thinned with each entry. */
const STAYS = 0.8;

/**
 * A list within so many bytes: what tells the least goes first, and of that the oldest. In its order. Pure.
 * @param tells how much an entry tells
 */
export function within<T>(list: T[], most: number, tells: (one: T) => number): T[] {
  let bytes = bytesOf(list);
  if (bytes <= most) return list;
  const gone = new Set<T>();
  for (const one of [...list].sort((a, b) => tells(a) - tells(b))) {
    if (bytes <= most * STAYS) break;
    bytes -= bytesOf(one) + 1;
    gone.add(one);
  }
  return list.filter((one) => !gone.has(one));
}
