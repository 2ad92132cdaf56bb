import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from './ask';

const healthSchema = z.object({
  cluster_name: z.string(),
  status: z.enum(['green', 'yellow', 'red']),
  timed_out: z.boolean(),
  number_of_nodes: z.number(),
  number_of_data_nodes: z.number(),
  active_primary_shards: z.number(),
  active_shards: z.number(),
  relocating_shards: z.number(),
  initializing_shards: z.number(),
  unassigned_shards: z.number(),
  number_of_pending_tasks: z.number(),
});

/** The answer of `GET _cluster/health`. */
export type ClusterHealth = z.output<typeof healthSchema>;

/** Health as the asked node and the elected master see it now. */
export function readHealth(client: Client): Promise<ClusterHealth> {
  return askCluster(client, healthSchema, { path: '/_cluster/health', query: { timeout: '10s' } });
}

/**
 * Health after everything that was waiting in the master's queue has been done. Asked twice, because the question that
 * waits for the queue counts itself as a pending task (seen with 7.17.28).
 * @throws Error when that took longer than 10 s (ES 7 answers 408; ES 8 says `timed_out`)
 */
export async function readSettledHealth(client: Client): Promise<ClusterHealth> {
  const settled = await askCluster(client, healthSchema, {
    path: '/_cluster/health',
    query: { wait_for_events: 'languid', timeout: '10s' },
  });
  return settled.timed_out ? settled : readHealth(client);
}

/** What is not as it must be before anything is called done; empty when the cluster is green and at rest. */
export function unrest(health: ClusterHealth): string[] {
  const counted: [string, number][] = [
    ['initializing', health.initializing_shards],
    ['relocating', health.relocating_shards],
    ['unassigned', health.unassigned_shards],
    ['pending tasks', health.number_of_pending_tasks],
  ];
  return [
    ...(health.timed_out ? ['health timed out'] : []),
    ...(health.status === 'green' ? [] : [`cluster is ${health.status}`]),
    ...counted.filter(([, count]) => count !== 0).map(([what, count]) => `${count} ${what}`),
  ];
}
