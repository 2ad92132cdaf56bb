import type { Check } from '../../../contract/evidence';
import { mayVote, tiersOf } from '../../../elasticsearch/settings/roles';
import type { ClusterSettings } from '../../../elasticsearch/settings/settings';
import type { Plan } from '../../../plan/schema';
import { list } from '../../../text/format';
import { cut } from '../../../text/harmless';
import { failed, judged, warned } from '../check';
import { FOR_CLIENTS } from './client-settings';
import type { NodeKind, Sides } from './node-kinds';

/** What each node has for itself: its name, roles and attributes (looked at by what they decide), addresses, folders. */
const ITS_OWN = [
  /^node\.(name|roles|master|data|ingest|ml|remote_cluster_client|transform|voting_only|pidfile|attr\..*)$/,
  /^(network|discovery)\./,
  /^(http|transport)\.((tcp\.|netty\.)?(bind_|publish_)?(host|port)|type|type\.default)$/,
  /^(path\.(data|logs|home|conf)|pidfile)$/,
];
/** What join writes, and what a running node puts among its settings by itself. */
const OURS_OR_BUILT_IN = [
  /^cluster\.(name|initial_.*)$/,
  /^gateway\.(expected|recover_after)_(data_|master_)?nodes$/,
  /^xpack\.security\./,
  /^(client\.type|cluster\.election\.strategy|transport\.features\..*)$/,
];
/** What no request notices: memory and processors fit the machine, the rest is for the log, or for the start of a whole cluster. */
const QUIET = /^(bootstrap|gateway|logger|monitor)\.|^(node\.)?processors$|^node\.max_local_storage_nodes$/;
/** Names of settings whose values are nobody's business; a webhook's address is its own password. */
const SECRET =
  /passw|passphrase|secret|token|credential|auth|(^|[._-]|api|private|access)key|signature|webhook|notification/i;
/** A word of so many characters, digits among them, looks like a key. */
const KEY_LENGTH = 20;
/** Characters of a value that are shown. */
const SHOWN = 80;

/**
 * Whether the new nodes are told in their own files what most old nodes of their kind are; no cluster hands that on. What
 * clients notice at once is `client-settings`. What only a few old nodes have, or only new ones, is told. Pure.
 * @param cluster its settings: what is set for all nodes counts, whatever stands in files
 */
export function nodeSettingsChecks(plan: Plan, sides: Sides, cluster: Pick<ClusterSettings, 'persistent'>): Check[] {
  const keys = [...new Set(sides.old.flatMap(({ settings }) => Object.keys(settings)))].sort();
  const compared = keys.filter((key) => isCompared(key) && cluster.persistent[key] === undefined);
  const lost = compared.flatMap((key) => {
    const found = difference(plan, sides, key);
    return found.length > 0 ? found : rare(sides, key);
  });
  const added = addedKeys(plan, sides).filter((key) => cluster.persistent[key] === undefined);
  return judged(
    'node-settings',
    [...lost, ...added.map((key) => addition(sides, key))],
    'the new nodes have the settings that most old ones of their kind have',
  );
}

/** What only a minority of the old nodes has: nobody can say whether by intent, for requests that go there. */
function rare({ old, fresh }: Sides, key: string): Check[] {
  if (fresh.some(({ settings }) => settings[key] !== undefined)) return [];
  const has = old.filter(({ settings }) => settings[key] !== undefined);
  const seen = `${key} is ${shown(has, key)} on ${names(has)} alone, and would be set on no new node`;
  return [warned('node-settings', key, seen, `nothing, unless what is asked of ${names(has)} alone needs it`)];
}

/** What stands in new nodes' own files alone; what the plan says is on purpose. */
function addedKeys(plan: Plan, { old, fresh }: Sides): string[] {
  const keys = [...new Set(fresh.flatMap(({ settings }) => Object.keys(settings)))].sort();
  return keys
    .filter((key) => (isCompared(key) || FOR_CLIENTS.test(key)) && !(key in plan.elasticsearch.newNodeSettings))
    .filter((key) => old.every(({ settings }) => settings[key] === undefined));
}

function addition({ fresh }: Sides, key: string): Check {
  const has = fresh.filter(({ settings }) => settings[key] !== undefined);
  const on = list(has.map(({ host }) => host));
  const seen = `${key} is ${shown(has, key)} on ${on}, and set on no old node`;
  return warned(
    'node-settings',
    key,
    seen,
    `nothing, if it is meant so; else take it out of elasticsearch.yml of ${on}`,
  );
}

function isCompared(key: string): boolean {
  return ![...ITS_OWN, ...OURS_OR_BUILT_IN, FOR_CLIENTS].some((pattern) => pattern.test(key));
}

function difference(plan: Plan, { old, fresh }: Sides, key: string): Check[] {
  const others = fresh.filter((node) => {
    const wanted = valuesOfMost(likesOf(node, old), key);
    return wanted.length > 0 && !wanted.includes(node.settings[key] ?? '');
  });
  if (others.length === 0) return [];
  const likes = old.filter(
    (one) => one.settings[key] !== undefined && others.some((node) => likesOf(node, old).includes(one)),
  );
  const isSecret = isHidden([...likes, ...others], key);
  const seen = `${key} is ${isSecret ? 'set' : said(likes, key)} on ${names(likes)}, and would be ${would(others, key, isSecret)}`;
  if (key in plan.elasticsearch.newNodeSettings) {
    return [
      warned('node-settings', key, seen, 'nothing, if elasticsearch.newNodeSettings of the plan says so on purpose'),
    ];
  }
  const remedy = `set ${key} for all new nodes alike in elasticsearch.newNodeSettings of the plan, or in elasticsearch.yml of each`;
  if (QUIET.test(key)) return [warned('node-settings', key, seen, `${remedy}, if it is to be the same there`)];
  return [failed('node-settings', key, seen, `${remedy}; or waive node-settings:${key} if the new nodes need it not`)];
}

/** The old nodes that do the same, where there are any: a master's settings are not those of a data node. */
function likesOf(node: NodeKind, old: NodeKind[]): NodeKind[] {
  const doing = ({ roles }: NodeKind) => [mayVote(roles), roles.includes('ingest'), ...tiersOf(roles)].join();
  const likes = old.filter((one) => doing(one) === doing(node));
  return likes.length > 0 ? likes : old;
}

/** The values that a setting has, where more than half of the nodes have it. */
function valuesOfMost(nodes: NodeKind[], key: string): string[] {
  const values = nodes.flatMap(({ settings }) => settings[key] ?? []);
  return values.length * 2 > nodes.length ? values : [];
}

function would(others: NodeKind[], key: string, isSecret: boolean): string {
  const groups = new Map<string, NodeKind[]>();
  for (const node of others) {
    const value = node.settings[key];
    const now = value === undefined ? 'not set' : isSecret ? 'set otherwise' : said([node], key);
    groups.set(now, [...(groups.get(now) ?? []), node]);
  }
  return [...groups].map(([now, nodes]) => `${now} on ${list(nodes.map(({ host }) => host))}`).join(', ');
}

/** Whether nobody is to see the values that nodes have of a setting. */
function isHidden(nodes: NodeKind[], key: string): boolean {
  return SECRET.test(key) || nodes.some(({ settings }) => looksSecret(settings[key] ?? ''));
}

function shown(nodes: NodeKind[], key: string): string {
  return isHidden(nodes, key) ? 'set' : said(nodes, key);
}

function said(nodes: NodeKind[], key: string): string {
  const values = [...new Set(nodes.map(({ settings }) => settings[key] ?? ''))];
  return cut(values.map((value) => (value === '' ? 'empty' : value)).join(' or '), SHOWN);
}

/** A value that looks like a key, or like an address with a password in it. */
function looksSecret(value: string): boolean {
  const words = value.split(/[^\w+=]+/);
  return /:\/\/[^/]*@/.test(value) || words.some((word) => word.length >= KEY_LENGTH && /\d/.test(word));
}

function names(nodes: NodeKind[]): string {
  return list(nodes.map(({ nodeName }) => nodeName));
}
