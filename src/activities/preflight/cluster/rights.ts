import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { Check } from '../../../contract/evidence';
import { askCluster } from '../../../elasticsearch/client/ask';
import { nameOf } from '../../../elasticsearch/client/login';
import type { Plan } from '../../../plan/schema';
import { list } from '../../../text/format';
import { passed, refused } from '../check';

/**
 * What bigswitch's own user has to be allowed, as the API of roles takes it: settings, moves and votes of the cluster; settings of
 * every index, and some documents of each to compare both sides. examples/role.json is the same for people.
 */
export const ROLE = {
  cluster: ['manage'],
  indices: [{ names: ['*'], privileges: ['manage', 'read'], allow_restricted_indices: true }],
};

const answerSchema = z.object({
  has_all_requested: z.boolean(),
  cluster: z.record(z.string(), z.boolean()),
  index: z.record(z.string(), z.record(z.string(), z.boolean())),
});

/** Whether the plan's user may do all that a migration does; nothing where the cluster knows no users. @throws when it can't be asked */
export async function rightsChecks(plan: Plan, client: Client): Promise<Check[]> {
  const { auth } = plan.elasticsearch;
  if (!auth) return [];
  const said = await askCluster(client, answerSchema, {
    method: 'POST',
    path: '/_security/user/_has_privileges',
    body: { cluster: ROLE.cluster, index: ROLE.indices },
  });
  if (said.has_all_requested) return [passed('rights', `${nameOf(auth)} may do what a migration does`)];
  const lacks = (rights: Record<string, boolean>) => Object.keys(rights).filter((name) => rights[name] !== true);
  const missing = [
    ...lacks(said.cluster).map((name) => `the cluster privilege "${name}"`),
    ...Object.entries(said.index).flatMap(([names, rights]) =>
      lacks(rights).map((name) => `"${name}" on the indices ${names}, restricted ones too`),
    ),
  ];
  const remedy = `give ${nameOf(auth)} the role of examples/role.json (\`PUT /_security/role/bigswitch\`, or as it stands into roles.yml)`;
  return [refused('rights', nameOf(auth), `${nameOf(auth)} lacks ${list(missing)}`, remedy)];
}
