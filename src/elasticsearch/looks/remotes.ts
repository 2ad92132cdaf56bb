import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, lacksFeature } from '../client/ask';

const remotesSchema = z.record(
  z.string(),
  z.object({
    seeds: z.array(z.string()).optional(),
    proxy_address: z.string().optional(),
  }),
);
const followersSchema = z.object({
  follow_stats: z
    .object({
      indices: z
        .array(z.object({ index: z.string(), shards: z.array(z.object({ remote_cluster: z.string() })).default([]) }))
        .default([]),
    })
    .default({ indices: [] }),
});

/** Where the node that is asked finds each other cluster that it searches or follows, by name. */
export async function readRemotes(client: Client): Promise<Map<string, string[]>> {
  const query = { filter_path: '*.seeds,*.proxy_address' };
  try {
    const all = await askCluster(client, remotesSchema, { path: '/_remote/info', query });
    return new Map(
      Object.entries(all).map(([name, { seeds = [], proxy_address: proxy = '' }]) => [
        name,
        [...seeds, proxy].filter((one) => one !== ''),
      ]),
    );
  } catch (error) {
    if (lacksFeature(error)) return new Map();
    throw error;
  }
}

/** The indices here that follow one of another cluster, each with that cluster's name. */
export async function readFollowers(client: Client): Promise<{ index: string; cluster: string }[]> {
  const query = { filter_path: 'follow_stats.indices.index,follow_stats.indices.shards.remote_cluster' };
  try {
    const { follow_stats: stats } = await askCluster(client, followersSchema, { path: '/_ccr/stats', query });
    return stats.indices.map(({ index, shards }) => ({ index, cluster: shards[0]?.remote_cluster ?? '' }));
  } catch (error) {
    if (lacksFeature(error)) return [];
    throw error;
  }
}
