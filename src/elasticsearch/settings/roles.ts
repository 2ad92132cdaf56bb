import { listIn } from './settings';

/** Tiers of ordinary indices. A node that has only `data_frozen` holds none of them. */
export const TIERS = ['data_content', 'data_hot', 'data_warm', 'data_cold'];
/** Roles of a node whose file says nothing of them (Elasticsearch 7.17 and 8.x). */
const EVERY_ROLE = [
  ...['data', ...TIERS, 'data_frozen', 'ingest'],
  ...['master', 'ml', 'remote_cluster_client', 'transform'],
];
const ROLES = 'node.roles';
/** Until 7.x each role had a flag of its own, `node.data`; one that is not set is on, but for `voting_only`. */
const FLAGS = ['master', 'data', 'ingest', 'ml', 'remote_cluster_client', 'transform', 'voting_only'];
/** First major version that does not start with such a flag. */
const WITHOUT_FLAGS = 8;

/** A file of which it can't be told which roles its node would have. */
export class RolesUnclear extends Error {}

/**
 * Which roles a node has, by the settings of its own file, as Elasticsearch itself decides
 * (`DiscoveryNode.getRolesFromSettings`). An empty list is a node that only passes requests on.
 * @param settings flat, lists joined by commas
 * @param major version of Elasticsearch
 * @throws RolesUnclear when such a node would not start, or its roles stand in its service's environment
 */
export function rolesIn(settings: Record<string, string>, major: number): string[] {
  const flags = FLAGS.map((role) => `node.${role}`).filter((key) => settings[key] !== undefined);
  const hidden = [ROLES, ...flags].find((key) => settings[key]?.includes('${'));
  if (hidden !== undefined) {
    throw new RolesUnclear(`${hidden} is "${settings[hidden]}", which only the environment of its service can tell`);
  }
  const [flag] = flags;
  const listed = settings[ROLES];
  if (flag !== undefined && major >= WITHOUT_FLAGS) {
    throw new RolesUnclear(`${flag} is set, with which Elasticsearch ${major} does not start`);
  }
  if (flag !== undefined && listed !== undefined) {
    throw new RolesUnclear(`${ROLES} and ${flag} are both set, with which Elasticsearch does not start`);
  }
  if (listed !== undefined) return listed.split(',').filter((role) => role !== '');
  return flag === undefined ? EVERY_ROLE : FLAGS.filter((role) => isOn(settings, role));
}

function isOn(settings: Record<string, string>, role: string): boolean {
  const value = settings[`node.${role}`];
  if (value !== undefined) return value === 'true';
  // Transforms read and write through their own node.
  return role === 'transform' ? isOn(settings, 'data') : role !== 'voting_only';
}

/** Tiers of which a node is; one with the role `data` is of all. */
export function tiersOf(roles: readonly string[]): string[] {
  const all = [...TIERS, 'data_frozen'];
  return roles.includes('data') ? all : all.filter((tier) => roles.includes(tier));
}

/** Whether shards of ordinary indices may lie on a node. */
export function holdsShards(roles: readonly string[]): boolean {
  return tiersOf(roles).some((tier) => TIERS.includes(tier));
}

/** Whether a node may vote, be it only that. */
export function mayVote(roles: readonly string[]): boolean {
  return roles.includes('master');
}

/** Whether a node may become the elected master; a tie-breaker only votes. */
export function canBeElected(roles: readonly string[]): boolean {
  return mayVote(roles) && !roles.includes('voting_only');
}

/** The setting by which an index prefers tiers. */
export const TIER_PREFERENCE = 'index.routing.allocation.include._tier_preference';

/** Tiers that an index prefers, the best first; empty where it has no wish. */
export function preferredTiers(settings: Record<string, string | string[]>): string[] {
  return listIn(settings[TIER_PREFERENCE]);
}

/** The tier on whose nodes alone an index lies: the first that it prefers and that any node is of (`DataTierAllocationDecider`). */
export function tierInUse(
  settings: Record<string, string | string[]>,
  nodes: readonly { roles: readonly string[] }[],
): string | undefined {
  return preferredTiers(settings).find((tier) => nodes.some(({ roles }) => tiersOf(roles).includes(tier)));
}

/**
 * Those of some nodes on which an index may lie by their roles.
 * @param now nodes that decide which tier it lies on; default: the same
 */
export function placesFor<T extends { roles: readonly string[] }>(
  settings: Record<string, string | string[]>,
  nodes: readonly T[],
  now: readonly { roles: readonly string[] }[] = nodes,
): T[] {
  const tier = tierInUse(settings, now);
  return nodes.filter(({ roles }) => (tier === undefined ? holdsShards(roles) : tiersOf(roles).includes(tier)));
}
