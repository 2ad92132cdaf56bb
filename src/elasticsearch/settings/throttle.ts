import type { Client } from '@elastic/elasticsearch';
import type { Phase } from '../../contract/phases';
import type { Plan } from '../../plan/schema';
import type { ClusterStep } from '../ledger/step';
import { settingsStep } from '../ledger/steps';

/** Id of the step that bounds shard traffic by the bridge. */
export const BRIDGE_THROTTLE = 'throttle';
/** Bounds the shard traffic of each node, in and out. */
export const MAX_BYTES_PER_SEC = 'indices.recovery.max_bytes_per_sec';
/** Bounds how many shards a node receives or sends at once. */
export const CONCURRENT_RECOVERIES = 'cluster.routing.allocation.node_concurrent_recoveries';
/** Bounds the chunks of one file that are in flight. */
export const FILE_CHUNKS = 'indices.recovery.max_concurrent_file_chunks';

/** Share of the measured bridge that shards may use; the rest is for writes, which cross it too. */
const SHARE_OF_BRIDGE = 0.8;
/** Recoveries that the cluster may start by itself beside our moves, so that a new index is not kept waiting for them. */
const ROOM_FOR_OTHERS = 2;
/** Chunks in flight for one file: more than two pay off where round trips are long (Elasticsearch issue 36981). */
const CHUNKS_IN_FLIGHT = 5;

/** MiB/s that all nodes together may use at the least; a bound of 0 would be none. */
const LEAST_IN_ALL = 1;

/** Pairs of nodes between which shards cross the bridge at most: the smaller side sends or receives no more than its nodes may. */
export function lanesOf({ hosts }: Plan): number {
  return Math.min(hosts.old.length, hosts.new.length);
}

/**
 * MiB/s for each node so that all together leave room on the bridge. The bound holds a node's sending as well as its receiving, so it is
 * the smaller side that bounds them all.
 * @param throughputMBps measured throughput between the two sides, MiB/s
 */
export function throttlePerNode(plan: Plan, throughputMBps: number): number {
  const measured = Math.max(LEAST_IN_ALL, throughputMBps * SHARE_OF_BRIDGE) / lanesOf(plan);
  return Math.min(plan.replicate.maxMBps ?? measured, measured);
}

/** A step that bounds the shard traffic of each node; `perNodeMBps` in MiB/s. */
export function throttleStep(
  client: Client,
  plan: Plan,
  head: { id: string; phase: Phase },
  perNodeMBps: number,
): Promise<ClusterStep> {
  const summary = `shard traffic of each node is held to ${Math.round(perNodeMBps * 10) / 10} MiB/s`;
  return settingsStep(
    client,
    { ...head, summary },
    {
      // Elasticsearch's "kb" is 1024 bytes; whole numbers only.
      [MAX_BYTES_PER_SEC]: `${Math.max(1, Math.round(perNodeMBps * 1024))}kb`,
      [CONCURRENT_RECOVERIES]: String(plan.replicate.movesPerNode + ROOM_FOR_OTHERS),
      [FILE_CHUNKS]: String(CHUNKS_IN_FLIGHT),
    },
  );
}
