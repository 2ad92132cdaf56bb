import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';
import { shownToFilters, type NodeAttributes } from '../settings/filters';

const traitsSchema = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      name: z.string(),
      transport_address: z.string(),
      roles: z.array(z.string()),
      attributes: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** What a node is, as far as it decides which shards may lie on it. */
export interface Traits {
  roles: string[];
  /** What filters and awareness see of it. */
  attributes: NodeAttributes;
}

/** What each node of the cluster is, by name, as the master has it: no node is asked itself. */
export async function readTraits(client: Client): Promise<Record<string, Traits>> {
  const { nodes } = await askCluster(client, traitsSchema, {
    path: '/_cluster/state/nodes',
    query: { filter_path: 'nodes.*.name,nodes.*.transport_address,nodes.*.roles,nodes.*.attributes' },
  });
  return Object.fromEntries(
    Object.values(nodes).map(({ name, transport_address: published, roles, attributes }) => {
      const address = published.replace(/:\d+$/, '');
      return [name, { roles, attributes: shownToFilters(name, address, roles, attributes) }];
    }),
  );
}
