import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

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
  task_max_waiting_in_queue_millis: z.number(),
});

/** The answer of `GET _cluster/health`. */
export type ClusterHealth = z.output<typeof healthSchema>;

/**
 * Whether an answer says no more than that there was no elected master when it was given. A node whose mastership ends
 * between the question and the answer says red although every copy is started (seen with 7.17.28 when the quorum moves: a
 * state that is blocked for want of a master is called red). Where shards are the cause, a primary is missing.
 */
export function saysNoMaster(
  health: Pick<ClusterHealth, 'status' | 'active_shards' | 'initializing_shards' | 'unassigned_shards'>,
): boolean {
  const missing = health.initializing_shards + health.unassigned_shards;
  return health.status === 'red' && health.active_shards > 0 && missing === 0;
}

/**
 * Health as the asked node and the elected master see it now. Without a master the question is put once more, and waits
 * for one.
 * @throws Error when there is no master then either
 */
export async function readHealth(client: Client): Promise<ClusterHealth> {
  const ask = () => askCluster(client, healthSchema, { path: '/_cluster/health', query: { timeout: '10s' } });
  const health = await ask();
  if (!saysNoMaster(health)) return health;
  const again = await ask();
  if (saysNoMaster(again)) throw new Error('GET /_cluster/health: there is no elected master at this moment');
  return again;
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
