import type { Client } from '@elastic/elasticsearch';
import pMap from 'p-map';
import type { Check } from '../../../contract/evidence';
import { flat, readNodeSettings, type NodeSettings } from '../../../elasticsearch/settings/node-settings';
import { parseBytes } from '../../../elasticsearch/settings/sizes';
import { bytes as showBytes } from '../../../text/format';
import { flattenConfig } from '../../../hosts/app-config/yaml/edit';
import { readHostFile } from '../../../hosts/read-file';
import { hostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Scope } from '../../../elasticsearch/scope';
import { FRONT_HEAD } from '../../front/config';
import { failed, judged, refused } from '../check';

/** Settings of a node's own file that decide what a client may say to it and what it hears; addresses and ports are no matter. */
const FOR_CLIENTS =
  /^(http\.(cors\.|compression|max_|detailed_errors|content_type|pipelining|reset_cookies)|indices\.query\.|rest\.action\.|script\.|reindex\.|action\.|search\.|path\.repo$)/;
/** Of a request's head, with Elasticsearch's defaults in bytes. */
const HEAD = { 'http.max_initial_line_length': 4096, 'http.max_header_size': 16_384 };
/** Bytes that HAProxy keeps free to write headers of its own. */
const RESERVE = 1024;

/**
 * Whether the new nodes and the fronts would let clients say what the old nodes let them: settings in the nodes' own
 * files, which no cluster hands on.
 */
export async function clientChecks(scope: Scope, client: Client): Promise<Check[]> {
  const { plan } = scope;
  try {
    const old = await readNodeSettings(client);
    const some = old.some(({ settings }) => Object.keys(settings).some((key) => FOR_CLIENTS.test(key)));
    // The files of new nodes matter only where there is something to compare.
    return clientSettingsChecks(plan, old, some ? await newNodeSettings(scope) : []);
  } catch (error) {
    const seen = `what clients may say to old and new nodes could not be compared: ${(error as Error).message}`;
    return [refused('client-settings', '', seen, 'make sure that every node answers, and that each file can be read')];
  }
}

/** What each new node will have: its file, and the plan's settings over it. */
async function newNodeSettings({ plan, hosts }: Scope): Promise<NodeSettings[]> {
  const { configFile, newNodeSettings: planned } = plan.elasticsearch;
  const read = async ({ name }: { name: string }): Promise<NodeSettings> => {
    const text = await readHostFile(hosts, hostRef(plan, name), configFile);
    return { name, settings: { ...flat(Object.fromEntries(flattenConfig(text))), ...flat(planned) } };
  };
  return pMap(plan.hosts.new, read, { concurrency: 8 });
}

/** The same of what was read. Pure. @param fresh settings of the new hosts; empty when the old nodes have none to compare */
export function clientSettingsChecks(plan: Plan, old: NodeSettings[], fresh: NodeSettings[]): Check[] {
  const differ = judged('client-settings', different(old, fresh), 'the new nodes let clients say what the old ones do');
  return [...differ, ...limits(old), ...cors(plan, old, fresh)];
}

function different(old: NodeSettings[], fresh: NodeSettings[]): Check[] {
  const keys = new Set(old.flatMap(({ settings }) => Object.keys(settings)).filter((key) => FOR_CLIENTS.test(key)));
  return [...keys].sort().flatMap((key) => {
    const values = new Set(old.flatMap(({ settings }) => settings[key] ?? []));
    const [wanted = ''] = values;
    const others = fresh.filter(({ settings }) => !isAsGood(key, settings[key], [...values]));
    if (others.length === 0) return [];
    const has = old.filter(({ settings }) => settings[key] !== undefined).map(({ name }) => name);
    const now = [...new Set(others.map(({ settings }) => settings[key] ?? 'not set'))].join(' or ');
    const seen = `${key} is ${[...values].join(' or ')} on ${has.join(', ')}, and would be ${now} on ${others.map(({ name }) => name).join(', ')}`;
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

function limits(old: NodeSettings[]): Check[] {
  const size = (node: NodeSettings, key: keyof typeof HEAD) => parseBytes(node.settings[key]) ?? HEAD[key];
  const wide = old.map((node) => ({
    node,
    bytes: size(node, 'http.max_initial_line_length') + size(node, 'http.max_header_size'),
  }));
  const room = FRONT_HEAD.bytes - RESERVE;
  return wide
    .filter(({ bytes }) => bytes > room)
    .map(({ node, bytes }) => {
      const seen = `${node.name} takes requests with an address and headers of ${showBytes(bytes)}, and a front of ${showBytes(room)}`;
      const remedy = 'waive it if no client sends so much before the body (put long queries into the body)';
      return failed('front-limits', node.name, seen, remedy);
    });
}

/** Before the switch the browser had no login to send; now it must be allowed to. */
function cors(plan: Plan, old: NodeSettings[], fresh: NodeSettings[]): Check[] {
  const asked = old.some(({ settings }) => settings['http.cors.enabled'] === 'true');
  if (!asked || plan.elasticsearch.auth) return [];
  const missing = fresh.flatMap(({ name, settings }) => [
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
