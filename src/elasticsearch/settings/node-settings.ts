import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

const value = z.union([z.string(), z.array(z.string()), z.null()]);
const settingsSchema = z.object({
  _nodes: z.object({ total: z.number(), failed: z.number() }),
  nodes: z.record(z.string(), z.object({ name: z.string(), settings: z.record(z.string(), value) })),
});

/** What was set for one node itself, in its file or at its start; lists are joined by commas. */
export interface NodeSettings {
  name: string;
  settings: Record<string, string>;
}

/**
 * The settings of every node's own, by name; what is not set is not in them.
 * @throws Error when a node did not answer for itself
 */
export async function readNodeSettings(client: Client): Promise<NodeSettings[]> {
  const { _nodes, nodes } = await askCluster(client, settingsSchema, {
    path: '/_nodes/settings',
    query: { flat_settings: true, timeout: '10s' },
  });
  if (_nodes.failed > 0) throw new Error(`${_nodes.failed} of ${_nodes.total} nodes did not answer`);
  return Object.values(nodes)
    .map(({ name, settings }) => ({ name, settings: flat(settings) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A list may be one value, a text with commas, or one key for each item (`key.0`, `key.1`). */
export function flat(settings: Record<string, unknown>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings)) {
    const name = key.replace(/\.\d+$/, '');
    const items = [value].flat().filter((one) => ['string', 'number', 'boolean'].includes(typeof one));
    const joined = items
      .flatMap((one) => `${one as string | number | boolean}`.split(',').map((part) => part.trim()))
      .join(',');
    result[name] = name !== key && result[name] !== undefined ? `${result[name]},${joined}` : joined;
  }
  return result;
}
