import { isAlias, isCollection, isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { nested, pairToRemove, type Location } from './locate';
import type { Missing, SettingValue } from '../setting';

/** How new values are spelled: `json` quotes everything, `yaml` leaves plain words bare. */
export type EditStyle = 'yaml' | 'json';

type AnyPair = Pair<Node, Node | null>;

const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** Words that some YAML reader takes for something else than a text. */
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i;

function inline(value: unknown, style: EditStyle): string {
  if (Array.isArray(value)) return `[${value.map((item) => inline(item, style)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([name, child]) => `${word(name, style)}: ${inline(child, style)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  return typeof value === 'string' ? word(value, style) : JSON.stringify(value);
}

function word(text: string, style: EditStyle): string {
  return style === 'yaml' && PLAIN.test(text) && !RESERVED.test(text) ? text : JSON.stringify(text);
}

function keyText(key: string, style: EditStyle): string {
  return style === 'yaml' && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key) && !RESERVED.test(key) ? key : JSON.stringify(key);
}

function rangeOf(node: Node): [number, number] {
  if (!node.range) throw new Error('a parsed node has a range');
  return [node.range[0], node.range[1]];
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function column(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function isBlock(node: Node): boolean {
  if (isCollection(node)) return node.flow !== true;
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
}

/** The text with the value of a found key replaced, in the shape that it had where that can be. */
export function replaceValue(text: string, found: Location, value: SettingValue, style: EditStyle): string {
  const pair = found.pair;
  if (!pair) throw new Error('nothing to replace');
  const node = pair.value;
  const keyEnd = rangeOf(pair.key)[1];
  if (!node || (isScalar(node) && node.source === '' && node.range?.[0] === node.range?.[1])) {
    const at = node?.range?.[0] ?? text.indexOf(':', keyEnd) + 1;
    return `${text.slice(0, at)}${/\s/.test(text[at - 1] ?? '') ? '' : ' '}${inline(value, style)}${text.slice(at)}`;
  }
  const [start, end] = rangeOf(node);
  if (!isBlock(node) || isAlias(node)) return text.slice(0, start) + inline(value, style) + text.slice(end);
  const nl = newline(text);
  if (isSeq(node) && Array.isArray(value) && value.length > 0) {
    const pad = ' '.repeat(column(text, start));
    const items = value.map((item) => `- ${inline(item, style)}`).join(nl + pad);
    return text.slice(0, start) + items + (text[end - 1] === '\n' ? nl : '') + text.slice(end);
  }
  // A block becomes a value on the key's own line; what stood between is a comment, an anchor, or space.
  const between = text.slice(text.indexOf(':', keyEnd) + 1, start);
  const anchor = !isAlias(node) && node.anchor !== undefined ? ` &${node.anchor}` : '';
  const comment = /#[^\r\n]*/.exec(between)?.[0];
  const line = `:${anchor} ${inline(value, style)}${comment === undefined ? '' : ` ${comment}`}`;
  return text.slice(0, keyEnd) + line + (text[end - 1] === '\n' ? nl : '') + text.slice(end);
}

/** The text with a missing key added: after the last key of the innermost mapping on its path, or flat at the top. */
export function addPair(
  text: string,
  found: Location,
  key: string,
  value: SettingValue,
  style: EditStyle,
  missing: Missing,
): string {
  const segments = key.split('.');
  const flat = missing === 'flat';
  const top = found.trail[0]?.map;
  const map = flat ? top : isMap(found.parent) ? (found.parent as YAMLMap<Node, Node | null>) : undefined;
  const rest = flat ? [key] : segments.slice(found.at.length);
  const nl = newline(text);
  if (!map) {
    if (found.trail.length === 0) {
      const start = text === '' || text.endsWith('\n') ? text : text + nl;
      return start + blockLines(rest, value, style, 0, nl) + nl;
    }
    const holder = found.trail[found.trail.length - 1]?.map.items.find(
      (item) => isScalar(item.key) && String(item.key.value) === found.at[found.at.length - 1],
    );
    if (!holder) throw new Error('an empty value without its key');
    // A key without a value gets its mapping on the same line.
    const at = text.indexOf(':', rangeOf(holder.key)[1]) + 1;
    const old = holder.value && rangeOf(holder.value);
    const end = old && old[1] > old[0] ? old[1] : at;
    return `${text.slice(0, at)} ${inline(nested(rest, value, 'nested'), style)}${text.slice(end)}`;
  }
  return map.flow ? addToFlow(text, map, rest, value, style, nl) : addToBlock(text, map, rest, value, style, nl);
}

function blockLines(rest: string[], value: SettingValue, style: EditStyle, indent: number, nl: string): string {
  return rest
    .map((name, depth) => {
      const last = depth === rest.length - 1;
      return `${' '.repeat(indent + 2 * depth)}${keyText(name, style)}:${last ? ` ${inline(value, style)}` : ''}`;
    })
    .join(nl);
}

function addToBlock(
  text: string,
  map: YAMLMap<Node, Node | null>,
  rest: string[],
  value: SettingValue,
  style: EditStyle,
  nl: string,
): string {
  const first = map.items[0];
  const last = map.items[map.items.length - 1];
  if (!first || !last) throw new Error('a block mapping has a key');
  const lines = blockLines(rest, value, style, column(text, rangeOf(first.key)[0]), nl);
  let end = last.value ? Math.max(rangeOf(last.value)[1], rangeOf(last.key)[1]) : rangeOf(last.key)[1];
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end -= 1;
  const eol = text.indexOf('\n', end);
  if (eol < 0) return text + nl + lines;
  return text.slice(0, eol + 1) + lines + nl + text.slice(eol + 1);
}

function addToFlow(
  text: string,
  map: YAMLMap<Node, Node | null>,
  rest: string[],
  value: SettingValue,
  style: EditStyle,
  nl: string,
): string {
  const [name, ...inner] = rest;
  const child = inner.length === 0 ? value : nested(inner, value, 'nested');
  const added = `${style === 'json' ? JSON.stringify(name) : keyText(name ?? '', style)}: ${inline(child, style)}`;
  const first = map.items[0];
  const last = map.items[map.items.length - 1];
  const [start, end] = rangeOf(map);
  if (!first || !last) return `${text.slice(0, start)}{ ${added} }${text.slice(end)}`;
  const lead = text.slice(start + 1, rangeOf(first.key)[0]);
  const gap = lead.includes('\n') ? nl + lead.slice(lead.lastIndexOf('\n') + 1) : ' ';
  const at = last.value ? Math.max(rangeOf(last.value)[1], rangeOf(last.key)[1]) : rangeOf(last.key)[1];
  return `${text.slice(0, at)},${gap}${added}${text.slice(at)}`;
}

/** The text without a found key; a mapping that would be left empty goes too. */
export function removePair(text: string, document: Document.Parsed, found: Location): string {
  const { map, pair } = pairToRemove(found);
  const [mapStart, mapEnd] = rangeOf(map);
  if (map.flow) {
    const left = map.items.filter((item) => item !== pair);
    const value = Object.fromEntries(left.map((item) => [String(item.key), item.value?.toJS(document) as unknown]));
    return text.slice(0, mapStart) + (left.length === 0 ? '{}' : inline(value, 'yaml')) + text.slice(mapEnd);
  }
  const start = rangeOf(pair.key)[0] - column(text, rangeOf(pair.key)[0]);
  const end = endOfPair(text, pair);
  return text.slice(0, start) + text.slice(end);
}

function endOfPair(text: string, pair: AnyPair): number {
  let end = pair.value ? Math.max(rangeOf(pair.value)[1], rangeOf(pair.key)[1]) : rangeOf(pair.key)[1];
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end -= 1;
  const eol = text.indexOf('\n', end);
  return eol < 0 ? text.length : eol + 1;
}
