import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { ShardCopy } from '../../contract/places';
import { askCluster } from '../client/ask';
import { shardStats } from './stats';

export type { ShardCopy };

const stateSchema = z.object({
  nodes: z.record(z.string(), z.object({ name: z.string() })),
  routing_table: z
    .object({
      indices: z
        .record(
          z.string(),
          z.object({
            shards: z.record(
              z.string(),
              z.array(
                z.object({
                  state: z.enum(['STARTED', 'RELOCATING', 'INITIALIZING', 'UNASSIGNED']),
                  primary: z.boolean(),
                  node: z.string().nullish(),
                  relocating_node: z.string().nullish(),
                }),
              ),
            ),
          }),
        )
        .default({}),
    })
    .default({ indices: {} }),
});

const statsSchema = shardStats({
  routing: z.object({ primary: z.boolean(), node: z.string().nullish() }),
  store: z.object({ size_in_bytes: z.number() }).optional(),
});

/**
 * Every copy of every shard, hidden, system and closed indices included. Placement is the master's; sizes are the nodes'.
 * @throws Error when the answer can't be understood, a copy is on a node that it does not name, or one does not say its size
 */
export async function readShards(client: Client): Promise<ShardCopy[]> {
  const state = await askCluster(client, stateSchema, {
    path: '/_cluster/state/routing_table,nodes',
    heavy: true,
    query: {
      filter_path: [
        'nodes.*.name',
        'routing_table.indices.*.shards.*.state',
        'routing_table.indices.*.shards.*.primary',
        'routing_table.indices.*.shards.*.node',
        'routing_table.indices.*.shards.*.relocating_node',
      ].join(','),
    },
  });
  const sizes = await readSizes(client);
  const nameOf = (id: string | null | undefined) => {
    if (!id) return undefined;
    const node = state.nodes[id];
    // Taken for another node, a copy would be missing from its own.
    if (!node) throw new Error(`the shard table has a copy on node ${id}, which is not among the nodes that it tells`);
    return node.name;
  };
  return Object.entries(state.routing_table.indices).flatMap(([index, { shards }]) =>
    Object.entries(shards).flatMap(([shard, copies]) => {
      const primaryBytes = sizes.get(`${index}/${shard}/primary`) ?? 0;
      return copies.map((copy) => {
        const node = nameOf(copy.node);
        const movingTo = copy.state === 'RELOCATING' ? nameOf(copy.relocating_node) : undefined;
        return {
          index,
          shard: Number(shard),
          primary: copy.primary,
          state: copy.state,
          ...(node !== undefined && { node }),
          ...(movingTo !== undefined && { movingTo }),
          bytes: (copy.node ? sizes.get(`${index}/${shard}/${copy.node}`) : undefined) ?? primaryBytes,
        };
      });
    }),
  );
}

async function readSizes(client: Client): Promise<Map<string, number>> {
  const stats = await askCluster(client, statsSchema, {
    path: '/_stats/store',
    heavy: true,
    query: {
      level: 'shards',
      expand_wildcards: 'all',
      forbid_closed_indices: false,
      filter_path: [
        '_shards.failed',
        'indices.*.shards.*.routing.primary',
        'indices.*.shards.*.routing.node',
        'indices.*.shards.*.store.size_in_bytes',
      ].join(','),
    },
  });
  // A copy that does not say how large it is would count as empty.
  if (stats._shards.failed > 0) throw new Error(`${stats._shards.failed} copies did not say how large they are`);
  const sizes = new Map<string, number>();
  for (const [index, { shards }] of Object.entries(stats.indices)) {
    for (const [shard, copies] of Object.entries(shards)) {
      for (const copy of copies) {
        const bytes = copy.store?.size_in_bytes ?? 0;
        if (copy.routing.node) sizes.set(`${index}/${shard}/${copy.routing.node}`, bytes);
        if (copy.routing.primary) sizes.set(`${index}/${shard}/primary`, bytes);
      }
    }
  }
  return sizes;
}

/** All copies of one shard. */
export interface ShardGroup {
  index: string;
  shard: number;
  copies: ShardCopy[];
}

/** The copies by shard, in the order of the table. */
export function groupShards(table: ShardCopy[]): ShardGroup[] {
  const groups = new Map<string, ShardGroup>();
  for (const copy of table) {
    const key = `${copy.index}/${copy.shard}`;
    const group = groups.get(key);
    if (group) group.copies.push(copy);
    else groups.set(key, { index: copy.index, shard: copy.shard, copies: [copy] });
  }
  return [...groups.values()];
}
