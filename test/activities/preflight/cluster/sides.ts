import { newKinds, oldKinds, type Sides } from '../../../../src/activities/preflight/cluster/node-kinds';
import type { NewHost } from '../../../../src/activities/preflight/cluster/hosts';
import type { ClusterNode } from '../../../../src/elasticsearch/looks/nodes';
import { flat } from '../../../../src/elasticsearch/settings/node-settings';
import { rolesIn } from '../../../../src/elasticsearch/settings/roles';
import type { Plan } from '../../../../src/plan/schema';

/** What a look at a new host gives whose elasticsearch.yml has this text. */
export function newHost(host: string, yml = '', more: Partial<NewHost> = {}): NewHost {
  return { host, diskBytes: 1e12, freeBytes: 9e11, config: Buffer.from(yml).toString('base64'), ...more };
}

/** Both sides of a plan; nodes of which nothing is said have every role. @param old settings, and fresh files, in the plan's order */
export function sidesOf(
  plan: Plan,
  old: Record<string, unknown>[] = [],
  fresh: string[] = [],
  version = '7.17.28',
): Sides {
  const told = plan.hosts.old.map(({ name, nodeName = name }, i) => ({ name: nodeName, settings: flat(old[i] ?? {}) }));
  const nodes = told.map(({ name, settings }) => ({ name, roles: rolesIn(settings, 7) })) as ClusterNode[];
  const hosts = plan.hosts.new.map(({ name }, i) => newHost(name, fresh[i]));
  return { old: oldKinds(plan, nodes, told), fresh: newKinds(plan, hosts, version).kinds };
}
