import { esRequest } from '../es';

/**
 * What somebody else has set in the cluster before anything is moved: at each level something that a migration sets too,
 * and something that it does not. All of it does as good as nothing, and must be there afterwards.
 */
export const OTHERS_SETTINGS = {
  persistent: {
    'indices.recovery.max_bytes_per_sec': '200mb',
    'cluster.routing.allocation.node_initial_primaries_recoveries': '5',
  },
  transient: {
    'cluster.routing.allocation.node_concurrent_recoveries': '3',
    'indices.recovery.max_concurrent_operations': '2',
  },
} as const;

/** The same of one index. */
export const OTHERS_INDEX = {
  name: 'products',
  settings: { 'index.search.slowlog.threshold.query.warn': '60s' },
} as const;

/** Sets them. @throws Error when the cluster refuses */
export async function setOthersSettings(endpoint: string, signal?: AbortSignal): Promise<void> {
  await esRequest(endpoint, 'PUT', '/_cluster/settings', { body: OTHERS_SETTINGS, signal });
  await esRequest(endpoint, 'PUT', `/${OTHERS_INDEX.name}/_settings`, { body: OTHERS_INDEX.settings, signal });
}
