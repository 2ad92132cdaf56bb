import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

const recoverySchema = z.record(
  z.string(),
  z.object({
    shards: z.array(
      z.object({
        id: z.number(),
        type: z.string(),
        stage: z.string(),
        source: z.object({ name: z.string().optional() }),
        target: z.object({ name: z.string().optional() }),
        index: z.object({ size: z.object({ total_in_bytes: z.number(), recovered_in_bytes: z.number() }) }),
        translog: z.object({ recovered: z.number() }),
      }),
    ),
  }),
);

/** A copy that is being made now. */
export interface Recovery {
  index: string;
  shard: number;
  /** `PEER`, `SNAPSHOT`, … */
  type: string;
  stage: string;
  from?: string;
  to?: string;
  totalBytes: number;
  recoveredBytes: number;
  /** Operations replayed so far; moves on while no bytes do. */
  operations: number;
}

/** Every copy that is being made now. */
export async function readRecoveries(client: Client): Promise<Recovery[]> {
  const answer = await askCluster(client, recoverySchema, {
    path: '/_recovery',
    heavy: true,
    // The details would only add a list of files: the bytes are the sum over them.
    query: { active_only: true, detailed: false, expand_wildcards: 'all' },
  });
  return Object.entries(answer).flatMap(([index, { shards }]) =>
    shards.map((shard) => ({
      index,
      shard: shard.id,
      type: shard.type,
      stage: shard.stage,
      ...(shard.source.name !== undefined && { from: shard.source.name }),
      ...(shard.target.name !== undefined && { to: shard.target.name }),
      totalBytes: shard.index.size.total_in_bytes,
      recoveredBytes: shard.index.size.recovered_in_bytes,
      operations: shard.translog.recovered,
    })),
  );
}
