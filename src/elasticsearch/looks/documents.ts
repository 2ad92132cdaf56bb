import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

const counted = z.object({ docs: z.object({ count: z.number() }), store: z.object({ size_in_bytes: z.number() }) });
const statsSchema = z.object({
  _shards: z.object({ failed: z.number() }),
  _all: z.object({ primaries: counted.partial(), total: counted.partial() }),
  indices: z.record(z.string(), z.object({ primaries: counted })).default({}),
});

/** How much there is. */
export interface Volume {
  documents: number;
  primaryBytes: number;
  totalBytes: number;
  /** Documents by index. */
  byIndex: Record<string, number>;
}

/**
 * Counts documents and bytes of all open indices, hidden and system ones included.
 * @throws Error when a shard did not answer
 */
export async function readVolume(client: Client): Promise<Volume> {
  const stats = await askCluster(client, statsSchema, {
    path: '/_stats/docs,store',
    heavy: true,
    // Asked for closed indices too, it refuses the whole question.
    query: { expand_wildcards: 'open,hidden' },
  });
  if (stats._shards.failed > 0) throw new Error(`${stats._shards.failed} shards did not say how much they hold`);
  return {
    documents: stats._all.primaries.docs?.count ?? 0,
    primaryBytes: stats._all.primaries.store?.size_in_bytes ?? 0,
    totalBytes: stats._all.total.store?.size_in_bytes ?? 0,
    byIndex: Object.fromEntries(Object.entries(stats.indices).map(([name, one]) => [name, one.primaries.docs.count])),
  };
}
