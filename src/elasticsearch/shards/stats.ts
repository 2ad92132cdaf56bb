import { z } from 'zod';

/**
 * The answer of `/_stats?level=shards`: by index and number of the shard, what each of its copies says of itself.
 * @param copy what is asked of a copy, field by field
 */
export function shardStats<T extends z.ZodRawShape>(copy: T) {
  return z.object({
    // Without it `{}` would be taken for a cluster that holds nothing, whatever it is.
    _shards: z.object({ failed: z.number() }),
    indices: z.record(z.string(), z.object({ shards: z.record(z.string(), z.array(z.object(copy))) })).default({}),
  });
}
