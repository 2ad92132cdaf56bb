import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, hasNoSuchApi } from '../client/ask';
import { readRecoveries } from '../shards/recovery';

/** A snapshot that is being taken. */
export interface RunningSnapshot {
  name: string;
  repository: string;
  /** As the cluster says it, for example `STARTED`. */
  state: string;
  /** Indices that it saves; none while it only begins. */
  indices: string[];
}

const snapshotsSchema = z.object({
  snapshots: z.array(
    z.object({
      snapshot: z.string(),
      repository: z.string().default('?'),
      state: z.string(),
      indices: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});

/** Snapshots that are being taken now. A primary that one of them saves does not move until it is saved. */
export async function readSnapshots(client: Client): Promise<RunningSnapshot[]> {
  const { snapshots } = await askCluster(client, snapshotsSchema, { path: '/_snapshot/_status', heavy: true });
  return snapshots.map(({ snapshot, repository, state, indices }) => {
    return { name: snapshot, repository, state, indices: Object.keys(indices) };
  });
}

/** Names of indices that are being restored from a snapshot now. */
export async function readRestores(client: Client): Promise<string[]> {
  const running = (await readRecoveries(client)).filter((one) => one.type === 'SNAPSHOT');
  return [...new Set(running.map((one) => one.index))];
}

/** An index that lifecycle management shrinks: until it is done, each of its shards has to have a copy on one node. */
export interface Shrinking {
  index: string;
  /** Step at which it is. */
  step: string;
}

const lifecycleSchema = z.object({
  indices: z.record(z.string(), z.object({ action: z.string().optional(), step: z.string().optional() })),
});

/** Indices that are being shrunk, hidden ones included. None where the cluster has no lifecycle management. */
export async function readShrinking(client: Client): Promise<Shrinking[]> {
  try {
    const { indices } = await askCluster(client, lifecycleSchema, {
      path: '/*/_ilm/explain',
      heavy: true,
      query: { only_managed: true, expand_wildcards: 'all' },
    });
    return Object.entries(indices)
      .filter(([, one]) => one.action === 'shrink' && one.step !== 'complete')
      .map(([index, one]) => ({ index, step: one.step ?? '?' }));
  } catch (error) {
    if (hasNoSuchApi(error)) return [];
    throw error;
  }
}
