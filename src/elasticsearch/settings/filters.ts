/** What a node shows to allocation filters: `_name`, `_ip`, `_host`, `_publish_ip` and its own attributes. */
export type NodeAttributes = Record<string, string>;

const FILTER = /^(?:index|cluster)\.routing\.allocation\.(include|require|exclude)\.(.+)$/;

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
 * Tiers (`_tier_preference`) and node ids are not looked at here.
 */
export function keepsOut(settings: Record<string, string | string[]>, node: NodeAttributes): string | undefined {
  for (const [key, raw] of Object.entries(settings)) {
    const [, kind, attribute] = FILTER.exec(key) ?? [];
    const patterns = Array.isArray(raw) ? raw.join(',') : raw;
    if (kind === undefined || attribute === undefined || attribute.startsWith('_tier') || patterns === '') continue;
    const value = node[attribute];
    const matches = value !== undefined && matchesAny(patterns, value);
    const out = kind === 'exclude' ? matches : kind === 'include' ? !matches : !matchesAll(patterns, value);
    if (out) return `${key}: ${patterns}`;
  }
  return undefined;
}

/** `require` wants every pattern to match. */
function matchesAll(patterns: string, value: string | undefined): boolean {
  return value !== undefined && patterns.split(',').every((pattern) => matchesAny(pattern, value));
}
