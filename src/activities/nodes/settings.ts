import { flattenConfig, readKey, removeKey, setKey } from '../../hosts/app-config/yaml/edit';
import type { SettingValue } from '../../hosts/app-config/setting';
import { GENERATIONS, type Discovery, type NodeCounts } from '../../elasticsearch/generations';
import type { Showable } from '../../hosts/step';
import type { NodeHost, Plan } from '../../plan/schema';

/** What of elasticsearch.yml depends on the version. */
export interface NodeVersion {
  /** Major version of the cluster, for example 7. */
  major: number;
  /** How nodes of that version find each other. */
  discovery: Discovery;
}

/** Settings of a fresh package that would publish or bind another address than the plan's. */
const OTHER_ADDRESSES = [
  ...['network', 'http', 'transport'].flatMap((part) => [`${part}.bind_host`, `${part}.publish_host`]),
  'http.host',
  'transport.host',
  'http.publish_port',
  'transport.publish_port',
  'transport.tcp.port',
];
/** With what each setting of Elasticsearch's own security begins. */
export const SECURITY = 'xpack.security.';

/** What a person may see of elasticsearch.yml: what we write, and of it the old values that are names, addresses or numbers. */
export function shownSettings({ elasticsearch }: Plan): Showable {
  const discovering = GENERATIONS.flatMap(({ discovery: { seeds, neverOnMembers } }) => [
    ...[seeds, `${seeds}.`],
    ...neverOnMembers,
    ...allWaits(),
  ]);
  const plain = ['cluster.name', 'node.name', 'network.host', 'http.port', 'transport.port'];
  const whole = [...plain, ...discovering, ...OTHER_ADDRESSES];
  return {
    format: 'yaml',
    keys: {
      [SECURITY]: 'name',
      ...Object.fromEntries(Object.keys(elasticsearch.newNodeSettings).map((key) => [key, 'new' as const])),
      ...Object.fromEntries(whole.map((key) => [key, 'whole' as const])),
    },
  };
}

/** A node's address as a seed, with the port where it is not Elasticsearch's default. */
export function seedOf(plan: Plan, host: NodeHost): string {
  const { transportPort } = plan.elasticsearch;
  return transportPort === 9300 ? host.address : `${host.address}:${transportPort}`;
}

/**
 * elasticsearch.yml of a new node: a member of the old cluster that publishes its own address.
 * @param text the file as the package left it
 * @param oldText the file of an old node: its `xpack.security.*` settings are taken over, or nodes could not talk
 * @param counts nodes of both sides
 * @throws ConfigEditError when either text is not YAML or can't be edited safely
 */
export function newNodeConfig(
  text: string,
  oldText: string,
  plan: Plan,
  host: NodeHost,
  version: NodeVersion,
  counts: NodeCounts,
): string {
  const { elasticsearch, hosts } = plan;
  let result = [...version.discovery.neverOnMembers, ...OTHER_ADDRESSES].reduce(removeSetting, text);
  result = setSetting(result, 'cluster.name', elasticsearch.clusterName);
  result = setSetting(result, 'node.name', host.nodeName ?? host.name);
  if (!('network.host' in elasticsearch.newNodeSettings)) result = setSetting(result, 'network.host', host.address);
  result = setPort(result, 'http.port', elasticsearch.httpPort, 9200);
  result = setPort(result, 'transport.port', elasticsearch.transportPort, 9300);
  result = withSeeds(
    result,
    hosts.old.map((old) => seedOf(plan, old)),
    version.discovery,
  );
  // With a setting that its version does not know, a node would not start.
  const known = waitsOf(version).map(({ key }) => key);
  result = allWaits()
    .filter((key) => !known.includes(key))
    .reduce(removeSetting, result);
  result = withExpectedNodes(result, counts, version);
  result = withSecurityOf(result, oldText);
  return Object.entries(elasticsearch.newNodeSettings).reduce(
    (current, [key, value]) => setSetting(current, key, value),
    result,
  );
}

/**
 * elasticsearch.yml of an old node for a later reboot: it must find the cluster wherever its members are then.
 * The running process does not read it again.
 * @param counts nodes of both sides
 */
export function oldNodeConfig(text: string, plan: Plan, version: NodeVersion, counts: NodeCounts): string {
  const members = [...plan.hosts.old, ...plan.hosts.new].map((host) => seedOf(plan, host));
  const { discovery } = version;
  const seeded = withSeeds(discovery.neverOnMembers.reduce(removeSetting, text), members, discovery);
  return withExpectedNodes(seeded, counts, version);
}

/** The same file with these seeds and no others; the same seeds in another order are left as they are. */
export function withSeeds(text: string, seeds: string[], discovery: Discovery): string {
  const now = readSetting(text, discovery.seeds);
  const listed = typeof now === 'string' ? now.split(',').map((seed) => seed.trim()) : now;
  const same = Array.isArray(listed) && listed.length === seeds.length && seeds.every((seed) => listed.includes(seed));
  return same ? text : setSetting(text, discovery.seeds, seeds);
}

/**
 * The same file with the nodes that it waits for at a full restart, under the names that it has there: those expected are
 * said anew, and what must be there before anything is recovered is lowered to what there is.
 */
export function withExpectedNodes(text: string, counts: NodeCounts, version: NodeVersion): string {
  const present = waitsOf(version).filter(({ key }) => readSetting(text, key) !== undefined);
  const anew = present.some(({ kind }) => kind === 'expected') ? undefined : version.discovery.anew(version.major);
  const due = present.filter(
    ({ key, kind, counts: kept }) => kind === 'expected' || Number(readSetting(text, key)) > counts[kept],
  );
  const named = due.reduce((current, { key, counts: kept }) => setSetting(current, key, counts[kept]), text);
  return anew === undefined ? named : setSetting(named, anew, counts.data);
}

/** Whether the file says for which nodes a full restart waits; on 8.x few do, and nothing is to be lowered. */
export function expectsNodes(text: string, version: NodeVersion): boolean {
  return waitsOf(version).some(({ key }) => readSetting(text, key) !== undefined);
}

/**
 * Files that the security settings name (certificates, keystores), as Elasticsearch reads them there: `${node.name}` stands for
 * that setting. A name with a variable of the service's environment is left out, since only the service knows it.
 */
export function securityFiles(text: string): string[] {
  const settings = flattenConfig(text);
  const meant = (value: string) =>
    value.replace(/\$\{([^{}]*)\}/g, (whole, key: string) => {
      const other = settings.get(key);
      return typeof other === 'string' || typeof other === 'number' ? String(other) : whole;
    });
  return [...settings]
    .filter(([key]) => key.startsWith(SECURITY) && /\.(path|key|certificate|certificate_authorities)$/.test(key))
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value : [value]))
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .map(meant)
    .filter((value) => !value.includes('${'));
}

function waitsOf({ discovery, major }: NodeVersion) {
  return discovery.waits(major);
}

/** Names of such settings in any version. */
function allWaits(): string[] {
  return GENERATIONS.flatMap(({ discovery, majors }) =>
    majors.flatMap((major) => discovery.waits(major).map(({ key }) => key)),
  );
}

/** Nodes with different security settings can't form a cluster: what the old one has counts, and nothing else. */
function withSecurityOf(text: string, oldText: string): string {
  const wanted = [...flattenConfig(oldText)].filter(([key]) => key.startsWith(SECURITY));
  const surplus = [...flattenConfig(text).keys()].filter(
    (key) => key.startsWith(SECURITY) && !wanted.some(([name]) => name === key),
  );
  const cleaned = surplus.reduce(removeSetting, text);
  return wanted.reduce((current, [key, value]) => setSetting(current, key, value as SettingValue), cleaned);
}

function setPort(text: string, key: string, port: number, standard: number): string {
  return port === standard && readSetting(text, key) === undefined ? text : setSetting(text, key, port);
}

function readSetting(text: string, key: string): unknown {
  const value = readKey(text, key);
  if (value !== undefined) return value;
  const items = indexedKeys(text, key).map((name) => readKey(text, name));
  return items.length > 0 ? items : undefined;
}

function setSetting(text: string, key: string, value: SettingValue): string {
  return setKey(indexedKeys(text, key).reduce(removeKey, text), key, value, 'yaml', 'flat');
}

function removeSetting(text: string, key: string): string {
  return [key, ...indexedKeys(text, key)].reduce(removeKey, text);
}

/** A list may also be spelled `key.0`, `key.1`. */
function indexedKeys(text: string, key: string): string[] {
  return [...flattenConfig(text).keys()].filter(
    (name) => name.startsWith(`${key}.`) && /^\d+$/.test(name.slice(key.length + 1)),
  );
}
