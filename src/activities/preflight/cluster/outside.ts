import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { readRepositories } from '../../../elasticsearch/looks/repositories';
import type { ClusterSettings } from '../../../elasticsearch/settings/settings';
import type { Plan } from '../../../plan/schema';
import { failed, looked } from '../check';
import type { NewHost } from './hosts';
import type { Sides } from './node-kinds';
import { exporterChecks, watchChecks } from './outbound';
import { remoteChecks } from './remotes';
import { repositoryChecks } from './repositories';

/** Looks at what stands outside of the cluster and has to be within reach of the new nodes. What is not seen there may be waived. */
export async function outsideChecks(
  plan: Plan,
  client: Client,
  settings: ClusterSettings,
  sides: Sides,
  seen: NewHost[],
): Promise<Check[]> {
  const repositories = async () => repositoryChecks(await readRepositories(client), sides.fresh, seen);
  const remotes = () => remoteChecks(client, settings, sides);
  return [
    ...(await looked('repositories', 'where snapshots are kept', repositories, failed)),
    ...(await looked('remote-clusters', 'which other clusters there are', remotes, failed)),
    ...exporterChecks(plan, settings, sides.old),
    ...(await looked('watches', 'what watches do', () => watchChecks(plan, client), failed)),
  ];
}
