import { createHash } from 'node:crypto';
import { readEnv } from '../../hosts/app-config/env/edit';
import { flattenConfig } from '../../hosts/app-config/yaml/edit';
import type { KeyShown, Showable } from '../../hosts/step';
import { bytes, counted } from '../../text/format';

/** Characters of a SHA-256 that are told: enough to tell two files apart. */
const DIGITS = 16;

/** A file of which nothing may be shown: how large it is and will be, and by which sum each is known. */
export function sizesDiff(before: string | undefined, after: string): string {
  return [...(before === undefined ? [] : [`-${sizeOf(before)}`]), `+${sizeOf(after)}`].join('\n');
}

function sizeOf(text: string): string {
  const sum = createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
  const lines = text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
  return `[${counted(lines, 'line')}, ${bytes(Buffer.byteLength(text))}, SHA-256 ${sum}…; not shown: it may hold secrets]`;
}

/**
 * The keys that we write, with their new values; an old value only where a key never holds a secret. All else that changes
 * is counted. A file that is not in its format is told by its sizes.
 */
export function keysDiff(before: string | undefined, after: string, shows: Exclude<Showable, 'all'>): string {
  let [was, is]: Map<string, unknown>[] = [];
  try {
    [was, is] = [leavesOf(before ?? '', shows.format), leavesOf(after, shows.format)];
  } catch {
    return sizesDiff(before, after);
  }
  const lines: string[] = [];
  let others = 0;
  for (const key of new Set([...is.keys(), ...was.keys()])) {
    if (JSON.stringify(was.get(key)) === JSON.stringify(is.get(key))) continue;
    const how = howShown(shows.keys, key);
    if (how === undefined) others += 1;
    else {
      if (was.has(key))
        lines.push(`-${key}: ${how === 'whole' ? written(was.get(key)) : how === 'new' ? '[was]' : '[secret]'}`);
      if (is.has(key)) lines.push(`+${key}: ${how === 'name' ? '[secret]' : written(is.get(key))}`);
    }
  }
  if (others > 0) lines.push(` [and ${counted(others, 'more key')}, not shown]`);
  return lines.length === 0 ? sizesDiff(before, after) : lines.join('\n');
}

function leavesOf(text: string, format: 'yaml' | 'json' | 'env'): Map<string, unknown> {
  return format === 'env' ? new Map(Object.entries(readEnv(text))) : flattenConfig(text);
}

/** By the key itself, or by one that ends in a dot and begins it. */
function howShown(keys: Record<string, KeyShown>, key: string): KeyShown | undefined {
  if (Object.hasOwn(keys, key)) return keys[key];
  const prefix = Object.keys(keys).find((one) => one.endsWith('.') && key.startsWith(one));
  return prefix === undefined ? undefined : keys[prefix];
}

function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => JSON.stringify(one) ?? 'null').join(', ')}]`;
  return typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : (JSON.stringify(value) ?? 'null');
}
