import { tiersOf } from './roles';

/**
 * What a node shows to allocation filters: `_name`, `_ip`, `_host`, `_publish_ip`, its own attributes, and in `_tier` the tiers
 * of which it is, joined by commas.
 */
export type NodeAttributes = Record<string, string>;

/** Everything that filters see of a node. @param own its own attributes, `node.attr.*` */
export function shownToFilters(
  name: string,
  address: string,
  roles: readonly string[],
  own: Record<string, string>,
): NodeAttributes {
  return {
    ...own,
    ...{ _name: name, _ip: address, _publish_ip: address, _host_ip: address, _host: address },
    _tier: tiersOf(roles).join(','),
  };
}

const FILTER = /^(?:index|cluster)\.routing\.allocation\.(include|require|exclude)\.(.+)$/;

const OWN = 'node.attr.';

/**
 * What a node's own settings make it show to filters and awareness. A value of which a part stands in its service's environment
 * can't be told, and is left out.
 * @param settings flat
 */
export function attributesIn(settings: Record<string, string>): NodeAttributes {
  const own = ownAttributes(settings).filter(([, value]) => !isHidden(value));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(OWN.length), value]));
}

/** Settings that give a node an attribute whose value only its service's environment can tell. */
export function hiddenAttributes(settings: Record<string, string>): [key: string, value: string][] {
  return ownAttributes(settings).filter(([, value]) => isHidden(value));
}

function ownAttributes(settings: Record<string, string>): [string, string][] {
  return Object.entries(settings).filter(([key]) => key.startsWith(OWN));
}

function isHidden(value: string): boolean {
  return value.includes('${');
}

/** Whether `value` matches one of the comma-separated patterns, in which `*` stands for anything. */
export function matchesAny(patterns: string, value: string): boolean {
  return patterns
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .some((pattern) => new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`).test(value));
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * The first allocation filter among flat settings that keeps a node out, as `key: value`; undefined when it may come in.
 * What an index merely prefers (`_tier_preference`) and node ids are not looked at here; tiers only of a node that shows its own.
 */
export function keepsOut(settings: Record<string, string | string[]>, node: NodeAttributes): string | undefined {
  for (const [key, raw] of Object.entries(settings)) {
    const [, kind, attribute] = FILTER.exec(key) ?? [];
    const patterns = Array.isArray(raw) ? raw.join(',') : raw;
    if (kind === undefined || attribute === undefined || attribute === '_tier_preference' || patterns === '') continue;
    const value = node[attribute];
    if (attribute === '_tier' && value === undefined) continue;
    const values = attribute === '_tier' ? (value ?? '').split(',') : value === undefined ? [] : [value];
    const matches = values.some((one) => matchesAny(patterns, one));
    const out = kind === 'exclude' ? matches : kind === 'include' ? !matches : !matchesAll(patterns, values);
    if (out) return `${key}: ${patterns}`;
  }
  return undefined;
}

/** `require` wants every pattern to match. */
function matchesAll(patterns: string, values: string[]): boolean {
  return patterns.split(',').every((pattern) => values.some((value) => matchesAny(pattern, value)));
}
