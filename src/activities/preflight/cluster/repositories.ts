import { posix } from 'node:path';
import type { Check } from '../../../contract/evidence';
import type { Repository } from '../../../elasticsearch/looks/repositories';
import { holdsShards, mayVote } from '../../../elasticsearch/settings/roles';
import { listIn } from '../../../elasticsearch/settings/settings';
import { list } from '../../../text/format';
import { failed, judged, warned } from '../check';
import type { NewHost } from './hosts';
import type { NodeKind } from './node-kinds';

/** Types that a plugin or a module of the same name brings, by what they need on a node beside it. */
const REMOTE: Record<string, (client: string) => string> = {
  s3: (client) => `keystore entries s3.client.${client}.* (or a role of the machine)`,
  gcs: (client) => `the keystore entry gcs.client.${client}.credentials_file (or a role of the machine)`,
  azure: (client) => `keystore entries azure.client.${client}.*`,
  hdfs: () => 'its Kerberos keytab, where it has one',
};

/**
 * Whether the new nodes can reach the repositories of snapshots, as far as it can be known before they join: folders by `path.repo`,
 * stores by their plugins. That a folder is the same file system, and a store within reach, a person has to see to. Pure.
 */
export function repositoryChecks(repositories: Repository[], fresh: NodeKind[], hosts: NewHost[]): Check[] {
  // Nobody else reads or writes snapshots.
  const users = fresh.filter(({ roles }) => mayVote(roles) || holdsShards(roles));
  const found = repositories.map((one) => (one.type === 'fs' ? folder(one, users) : store(one, users, hosts)));
  return judged('repositories', found, 'there are no repositories of snapshots');
}

function folder({ name, location = '' }: Repository, users: NodeKind[]): Check {
  const out = users.filter(({ settings }) => !isIn(location, listIn(settings['path.repo'])));
  if (out.length > 0) {
    const seen = `it keeps snapshots in ${location}, which path.repo does not let in on ${names(out)}: snapshots and restores fail there`;
    const remedy = `mount the file system of the old nodes there, and set path.repo for all new nodes in elasticsearch.newNodeSettings of the plan; ${waive(name)}`;
    return failed('repositories', name, seen, remedy);
  }
  const seen = `it keeps snapshots in ${location}, which has to be one file system for old and new nodes`;
  return warned('repositories', name, seen, `see that the old nodes' file system is mounted on ${names(users)}`);
}

/** As `Environment.resolveRepoFile` has it: what leads out of each of these folders is not let in. */
function isIn(location: string, roots: string[]): boolean {
  return roots.some((root) => {
    const path = posix.relative(posix.resolve(root), posix.resolve(root, location));
    return path !== '..' && !path.startsWith('../');
  });
}

function store({ name, type, client = 'default' }: Repository, users: NodeKind[], hosts: NewHost[]): Check {
  const needs = REMOTE[type];
  const plugin = `repository-${type}`;
  const lacks = users.filter(({ host }) => {
    const plugins = hosts.find((one) => one.host === host)?.plugins;
    return plugins !== undefined && !plugins.some((one) => one.name === plugin);
  });
  if (needs !== undefined && lacks.length > 0) {
    const seen = `it is of type ${type}, and there is no ${plugin} on ${names(lacks)}: snapshots and restores fail there`;
    const remedy = `on each of these hosts run \`elasticsearch-plugin install ${plugin}\`; ${waive(name)}`;
    return failed('repositories', name, seen, remedy);
  }
  const beside = needs === undefined ? 'the same settings and plugins as the old nodes' : needs(client);
  const seen = `it is of type ${type}: each new node has to reach it, with ${beside}`;
  return warned('repositories', name, seen, `see that ${names(users)} can reach it; for keystore entries see keystore`);
}

function waive(name: string): string {
  return `or waive repositories:${name} if no snapshot is to be taken there or restored from there`;
}

function names(nodes: NodeKind[]): string {
  return list(nodes.map(({ host }) => host));
}
