import { isDeepStrictEqual } from 'node:util';
import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { addPair, removePair, replaceValue, type EditStyle } from './splice';
import { expectedAfter, locate, type Location } from './locate';
import { isMapping, parseYaml } from './parse';
import { ConfigEditError, type Missing, type SettingValue } from '../setting';

/**
 * Parses YAML (JSON is YAML), as the applications do that know merge keys.
 * @throws ConfigEditError when it is not valid, longer than any configuration, holds several documents, or is not a mapping
 */
export function parseConfig(text: string): Document.Parsed {
  const document = parseYaml(text);
  if (!isMapping(document)) throw new ConfigEditError('is not a mapping of keys to values');
  return document;
}

/** The value of a dotted key, found in nested, flat and mixed spelling (`a.b.c`, `a: {b.c}`); undefined when missing. */
export function readKey(text: string, key: string): unknown {
  const document = parseConfig(text);
  const found = locate(document, key);
  return found.pair ? (found.node as Node | null)?.toJS(document) : undefined;
}

/**
 * Sets one dotted key and leaves every other byte as it was: comments, quotes, order, spelling of numbers.
 * A key that already has the value leaves the text unchanged.
 * @param missing what to do with a key that is not there: add it nested, add it flat at the top, or refuse
 * @throws ConfigEditError when the key is missing and may not be added, or the text can't be edited safely
 */
export function setKey(text: string, key: string, value: SettingValue, style: EditStyle, missing: Missing): string {
  const document = parseConfig(text);
  const found = locate(document, key);
  const bare = Array.isArray(value) ? [...value] : value;
  if (found.pair && isDeepStrictEqual((found.node as Node | null)?.toJS(document), bare)) return text;
  if (!found.pair && missing === 'refuse') {
    throw new ConfigEditError(`has no key "${key}"; correct the key, or add it to the file`);
  }
  refuseUneditable(found, key);
  const edited = found.pair
    ? replaceValue(text, found, value, style)
    : addPair(text, found, key, value, style, missing);
  return proven(edited, document, found, key, bare, missing);
}

/** Removes one dotted key in every spelling, with mappings that become empty by it; missing is fine. */
export function removeKey(text: string, key: string): string {
  let result = text;
  for (;;) {
    const document = parseConfig(result);
    const found = locate(document, key);
    if (!found.pair) return result;
    result = proven(removePair(result, document, found), document, found, key, undefined, 'flat');
  }
}

/** Every leaf of the text by its dotted key, flat or nested alike. */
export function flattenConfig(text: string): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, prefix: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (prefix !== '') leaves.set(prefix, value);
      return;
    }
    for (const [name, child] of Object.entries(value)) walk(child, prefix === '' ? name : `${prefix}.${name}`);
  };
  walk(parseConfig(text).toJS() as unknown, '');
  return leaves;
}

function refuseUneditable(found: Location, key: string): void {
  const { parent } = found;
  if (isAlias(parent)) {
    throw new ConfigEditError(
      `takes what holds "${key}" from the anchor "*${parent.source}"; write it out, or set the key where the anchor is`,
    );
  }
  if (found.pair || parent === null || isMap(parent)) return;
  if (isScalar(parent) && parent.value === null) return;
  const what = isSeq(parent) ? 'a list' : 'a plain value';
  throw new ConfigEditError(`holds ${what} at "${found.at.join('.')}", so "${key}" can't be set; correct the key`);
}

/** An edit counts only when the new text parses to exactly the old values with this one changed. */
function proven(
  edited: string,
  before: Document.Parsed,
  found: Location,
  key: string,
  value: SettingValue | undefined,
  missing: Missing,
): string {
  if (!sameValues(edited, () => expectedAfter(before, found, key, value, missing))) {
    throw new ConfigEditError(
      `can't be edited safely at "${key}"; write this key on a line of its own, without anchors`,
    );
  }
  return edited;
}

function sameValues(edited: string, wanted: () => unknown): boolean {
  try {
    return isDeepStrictEqual((parseYaml(edited).toJS() as unknown) ?? {}, wanted() ?? {});
  } catch (error) {
    // The second comes from the values before, when an alias of theirs has lost its anchor.
    if (error instanceof ConfigEditError || error instanceof ReferenceError) return false;
    throw error;
  }
}
