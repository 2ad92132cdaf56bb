import { createPreflightClusterActivities } from '../../../../src/activities/preflight/cluster/activities';
import type { Check } from '../../../../src/contract/evidence';
import { readFileScript } from '../../../../src/hosts/read-file';
import { newHostSays } from '../../../elasticsearch/moving';
import { simulatedWorld, type World, type WorldOptions } from '../../../support/cluster/world';

/**
 * A world before the move: only old nodes are in the cluster, and new hosts have its version.
 * @param files lines of elasticsearch.yml of new hosts, in the plan's order
 * @param keystores what hosts say of theirs, by host; the others have none
 * @param oldFile elasticsearch.yml of the old hosts
 */
export function worldBefore(
  options: WorldOptions = {},
  files: string[] = [],
  keystores: Record<string, string> = {},
  oldFile = '',
): World {
  const world = simulatedWorld('back', options);
  // What stands in the files of new hosts too.
  const told = { 'cluster.routing.allocation.disk.threshold_enabled': 'false' };
  for (const { name } of world.plan.hosts.old) world.cluster.beforehand.told[name] = told;
  const names = world.plan.hosts.new.map(({ name }) => name);
  world.hosts.tell((host, script) => {
    if (script === readFileScript(world.plan.elasticsearch.configFile) && !names.includes(host)) {
      return { stdout: Buffer.from(oldFile).toString('base64') };
    }
    // Nothing but elasticsearch.yml is in any host's folder, and no keystore.
    if (script.includes('find . -xdev')) return { stdout: 'end=yes\n' };
    if (script.includes('elasticsearch.keystore"')) return { stdout: keystores[host] ?? 'keystore=none\nend=yes\n' };
    if (!script.includes('elasticsearch-[0-9]*.jar')) return undefined;
    return { stdout: newHostSays(options.version ?? '7.17.28', files[names.indexOf(host)]) };
  });
  return world;
}

/** Warnings that so small a world always has: an index of one copy, and sides of which no voter may be lost. */
const SMALL = ['no-replica:sessions', 'voters:'];

/** What else preflight finds not to be well in a world. */
export async function notWell({ deps }: World): Promise<Check[]> {
  const { checks } = await createPreflightClusterActivities(deps).preflightCluster();
  const isSmall = ({ name, subject, result }: Check) => result === 'warn' && SMALL.includes(`${name}:${subject}`);
  return checks.filter((check) => check.result !== 'ok' && !isSmall(check));
}
