import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, lacksFeature } from '../client/ask';
import { hostIn } from './url-host';

const watchesSchema = z.object({
  count: z.number(),
  watches: z
    .array(z.object({ _id: z.string(), watch: z.object({ input: z.unknown(), actions: z.unknown() }).partial() }))
    .default([]),
});

/** Watches that are looked at. */
const MOST = 500;

/** A watch, and the hosts that stand in it. */
export interface Watch {
  id: string;
  /** Hosts from which it reads, or to which it sends, by http. */
  hosts: string[];
}

/** Every watch that asks or tells a fixed host something, and how many watches there are. Of what it says only hosts are kept. */
export async function readWatches(client: Client): Promise<{ count: number; looked: number; watches: Watch[] }> {
  try {
    const { count, watches } = await askCluster(client, watchesSchema, {
      path: '/_watcher/_query/watches',
      query: { filter_path: 'count,watches._id,watches.watch.input,watches.watch.actions' },
      body: { size: MOST },
    });
    const all = watches.map(({ _id: id, watch }) => ({ id, hosts: [...new Set(hostsIn(watch))].sort() }));
    return { count, looked: all.length, watches: all.filter(({ hosts }) => hosts.length > 0) };
  } catch (error) {
    if (lacksFeature(error)) return { count: 0, looked: 0, watches: [] };
    throw error;
  }
}

/** Inputs may be chained, and actions looped: wherever `request` or `webhook` stands, it is a request by http. */
function hostsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'request' || key === 'webhook' ? [...hostOf(value), ...hostsIn(value)] : hostsIn(value),
  );
}

function hostOf(request: unknown): string[] {
  const { host, url } = (request ?? {}) as { host?: unknown; url?: unknown };
  return [host, url].flatMap((one) => (typeof one === 'string' ? hostIn(one) : []));
}
