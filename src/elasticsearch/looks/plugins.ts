import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

const pluginsSchema = z.object({
  _nodes: z.object({ total: z.number(), failed: z.number() }),
  nodes: z.record(
    z.string(),
    z.object({ name: z.string(), plugins: z.array(z.object({ name: z.string(), version: z.string() })) }),
  ),
});

/** A plugin by its own name and version. */
export interface Plugin {
  name: string;
  version: string;
}

/** What somebody installed on a node; modules, which every package of a version has, are not among them. */
export interface NodePlugins {
  node: string;
  plugins: Plugin[];
}

/**
 * The plugins of every node, by the nodes' names.
 * @throws Error when a node did not answer for itself
 */
export async function readPlugins(client: Client): Promise<NodePlugins[]> {
  const { _nodes, nodes } = await askCluster(client, pluginsSchema, {
    path: '/_nodes/plugins',
    query: { timeout: '10s' },
  });
  if (_nodes.failed > 0) throw new Error(`${_nodes.failed} of ${_nodes.total} nodes did not answer`);
  return Object.values(nodes)
    .map(({ name, plugins }) => ({
      node: name,
      plugins: plugins.map((one) => ({ name: one.name, version: one.version })),
    }))
    .sort((a, b) => a.node.localeCompare(b.node));
}
