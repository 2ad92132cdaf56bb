import type { Check } from '../../../contract/evidence';
import { parseBytes } from '../../../elasticsearch/settings/sizes';
import { bytes as showBytes } from '../../../text/format';
import type { Plan } from '../../../plan/schema';
import { FRONT_HEAD } from '../../front/config';
import { failed, judged } from '../check';
import type { NodeKind, Sides } from './node-kinds';

/** Settings of a node's own file that decide what a client may say to it and what it hears; addresses and ports are no matter. */
export const FOR_CLIENTS =
  /^(http\.(cors\.|compression|max_|detailed_errors|content_type|pipelining|reset_cookies)|indices\.query\.|rest\.action\.|script\.|reindex\.|action\.|search\.|path\.repo$)/;
/** Of a request's head, with Elasticsearch's defaults in bytes. */
const HEAD = { 'http.max_initial_line_length': 4096, 'http.max_header_size': 16_384 };
/** Bytes that HAProxy keeps free to write headers of its own. */
const RESERVE = 1024;

/**
 * Whether the new nodes and the fronts would let clients say what the old nodes let them: settings in the nodes' own
 * files, which no cluster hands on. Pure.
 */
export function clientSettingsChecks(plan: Plan, { old, fresh }: Sides): Check[] {
  const differ = judged('client-settings', different(old, fresh), 'the new nodes let clients say what the old ones do');
  return [...differ, ...limits(old), ...cors(plan, old, fresh)];
}

function different(old: NodeKind[], fresh: NodeKind[]): Check[] {
  const keys = new Set(old.flatMap(({ settings }) => Object.keys(settings)).filter((key) => FOR_CLIENTS.test(key)));
  return [...keys].sort().flatMap((key) => {
    const values = new Set(old.flatMap(({ settings }) => settings[key] ?? []));
    const [wanted = ''] = values;
    const others = fresh.filter(({ settings }) => !isAsGood(key, settings[key], [...values]));
    if (others.length === 0) return [];
    const has = old.filter(({ settings }) => settings[key] !== undefined).map(({ nodeName }) => nodeName);
    const now = [...new Set(others.map(({ settings }) => settings[key] ?? 'not set'))].join(' or ');
    const seen = `${key} is ${[...values].join(' or ')} on ${has.join(', ')}, and would be ${now} on ${others.map(({ host }) => host).join(', ')}`;
    const remedy = `set ${key} to ${wanted} in elasticsearch.newNodeSettings of the plan, or waive it if no client needs it`;
    return [failed('client-settings', key, seen, remedy)];
  });
}

/** A browser that has to log in needs more headers than before, which are no loss. */
function isAsGood(key: string, value: string | undefined, wanted: string[]): boolean {
  if (key === 'http.cors.allow-credentials') return value === 'true' || (value !== undefined && wanted.includes(value));
  if (key === 'http.cors.allow-headers') {
    const has = words(value);
    return wanted.some((one) => words(one).every((word) => has.includes(word)));
  }
  return value !== undefined && wanted.includes(value);
}

function words(list = ''): string[] {
  return list.toLowerCase().split(',').filter(Boolean);
}

function limits(old: NodeKind[]): Check[] {
  const size = (node: NodeKind, key: keyof typeof HEAD) => parseBytes(node.settings[key]) ?? HEAD[key];
  const wide = old.map((node) => ({
    node,
    bytes: size(node, 'http.max_initial_line_length') + size(node, 'http.max_header_size'),
  }));
  const room = FRONT_HEAD.bytes - RESERVE;
  return wide
    .filter(({ bytes }) => bytes > room)
    .map(({ node, bytes }) => {
      const seen = `${node.nodeName} takes requests with an address and headers of ${showBytes(bytes)}, and a front of ${showBytes(room)}`;
      const remedy = 'waive it if no client sends so much before the body (put long queries into the body)';
      return failed('front-limits', node.nodeName, seen, remedy);
    });
}

/** Before the switch the browser had no login to send; now it must be allowed to. */
function cors(plan: Plan, old: NodeKind[], fresh: NodeKind[]): Check[] {
  const asked = old.some(({ settings }) => settings['http.cors.enabled'] === 'true');
  if (!asked || plan.elasticsearch.auth) return [];
  const missing = fresh.flatMap(({ host: name, settings }) => [
    ...(words(settings['http.cors.allow-headers']).includes('authorization')
      ? []
      : [`${name}: http.cors.allow-headers is without Authorization`]),
    ...(settings['http.cors.allow-credentials'] === 'true' ? [] : [`${name}: http.cors.allow-credentials is not true`]),
  ]);
  const seen = `browsers talk to the old nodes (http.cors.enabled), and could not log in to the fronts: ${missing.join('; ')}`;
  const remedy =
    'set http.cors.allow-credentials: true and add Authorization to http.cors.allow-headers in elasticsearch.newNodeSettings';
  return missing.length === 0 ? [] : [failed('front-cors', '', seen, remedy)];
}
