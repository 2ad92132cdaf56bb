import type { YAMLMap } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import type { Missing, SettingValue } from '../setting';

/** Where a dotted key is in a document, or how far its path goes. */
export interface Location {
  /** The pair that holds the key; absent when it is missing or an element of a list. */
  pair?: Pair<Node, Node | null>;
  /** The key's own value. */
  node?: Node | null;
  /** The innermost node on the way that exists: a map for a found key; null for an empty document. */
  parent: Node | null;
  /** Keys that lead to `parent`. */
  at: string[];
  /** Maps from the top to `parent`, with the pair that holds each; the top has none. */
  trail: { map: YAMLMap<Node, Node | null>; pair?: Pair<Node, Node | null> }[];
}

type MapNode = YAMLMap<Node, Node | null>;

function nameOf(pair: Pair<Node, Node | null>): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

/** Finds a dotted key whatever its spelling: the keys on the way may themselves have dots. */
export function locate(document: Document.Parsed, key: string): Location {
  const segments = key.split('.');
  const top = isMap(document.contents) ? (document.contents as MapNode) : null;
  const found = top && search(top, segments, [], [{ map: top }]);
  return found ?? deepest(document, segments);
}

function search(map: MapNode, segments: string[], at: string[], trail: Location['trail']): Location | undefined {
  for (let length = segments.length; length >= 1; length -= 1) {
    const name = segments.slice(0, length).join('.');
    const rest = segments.slice(length);
    for (const pair of map.items.filter((item) => nameOf(item) === name)) {
      if (rest.length === 0) return { pair, node: pair.value, parent: map, at, trail };
      if (isMap(pair.value)) {
        const inner = pair.value as MapNode;
        const found = search(inner, rest, [...at, name], [...trail, { map: inner, pair }]);
        if (found) return found;
      }
    }
  }
  return undefined;
}

/** How far a missing key's path exists, one segment at a time. */
function deepest(document: Document.Parsed, segments: string[]): Location {
  const { contents } = document;
  if (!isMap(contents)) return { parent: null, at: [], trail: [] };
  let map = contents as MapNode;
  const at: string[] = [];
  const trail: Location['trail'] = [{ map }];
  for (const segment of segments.slice(0, -1)) {
    const pair = map.items.find((item) => nameOf(item) === segment);
    if (!pair) break;
    at.push(segment);
    if (!isMap(pair.value)) return { parent: pair.value ?? null, at, trail };
    map = pair.value as MapNode;
    trail.push({ map, pair });
  }
  return { parent: map, at, trail };
}

/** What the document's values must be after the edit; it changes `document` to find out. */
export function expectedAfter(
  document: Document.Parsed,
  found: Location,
  key: string,
  value: SettingValue | undefined,
  missing: Missing,
): unknown {
  if (value === undefined) {
    dropPair(document, found);
  } else if (found.pair) {
    const node = document.createNode(value);
    const anchor = found.node && !isAlias(found.node) ? found.node.anchor : undefined;
    if (anchor !== undefined) node.anchor = anchor;
    found.pair.value = node;
  } else if (found.parent === null || !isMap(document.contents)) {
    document.contents = document.createNode(nested(key.split('.'), value, missing)) as never;
  } else if (missing === 'flat') {
    (document.contents as MapNode).set(document.createNode(key) as never, document.createNode(value));
  } else {
    // Below an empty value the whole rest of the path is new; in a mapping, its first missing key is.
    const depth = found.at.length + (isMap(found.parent) ? 1 : 0);
    document.setIn(key.split('.').slice(0, depth), nestedNode(document, key, depth, value));
  }
  return document.toJS() as unknown;
}

/** The object that a missing key adds: nested one level for each segment, or flat. */
export function nested(segments: string[], value: SettingValue, missing: Missing): Record<string, unknown> {
  if (missing === 'flat') return { [segments.join('.')]: value };
  const inner = segments.reduceRight<unknown>((child, segment) => ({ [segment]: child }), value);
  return inner as Record<string, unknown>;
}

function nestedNode(document: Document.Parsed, key: string, from: number, value: SettingValue): Node {
  const rest = key.split('.').slice(from);
  return document.createNode(rest.length === 0 ? value : nested(rest, value, 'nested'));
}

/** The pair to remove with the map that holds it: the outermost one that would be left empty. */
export function pairToRemove(found: Location): { map: MapNode; pair: Pair<Node, Node | null> } {
  let pair = found.pair;
  if (!pair) throw new Error('nothing to remove');
  for (const step of [...found.trail].reverse()) {
    if (step.map.items.length > 1 || step.pair === undefined) return { map: step.map, pair };
    pair = step.pair;
  }
  throw new Error('a pair without a map');
}

function dropPair(document: Document.Parsed, found: Location): void {
  const { map, pair } = pairToRemove(found);
  map.items = map.items.filter((item) => item !== pair);
  if (isSeq(document.contents)) throw new Error('not a mapping');
}
