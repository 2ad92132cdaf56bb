import type { DryRun } from '../../contract/dry-run';
import { reservedBytes } from '../../elasticsearch/settings/watermark';
import { plannedNodes } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { ClusterState } from '../cluster/state';

type Disk = DryRun['disks'][number];

/** Each new node's disk as the model has it at the end, held against the cluster's watermarks. Pure. */
export function disksOf(
  plan: Plan,
  state: ClusterState,
  hosts: readonly { host: string; dataPath?: string }[],
): Disk[] {
  return plannedNodes(plan).flatMap(({ host, nodeName, side }) => {
    const disk = side === 'new' ? state.disks.find((one) => one.node === nodeName) : undefined;
    if (!disk) return [];
    const { freeBytes, totalBytes, shards } = disk;
    const path = hosts.find((one) => one.host === host)?.dataPath;
    const watermarks = watermarksOf(state, totalBytes);
    return [
      {
        node: nodeName,
        host,
        ...(path !== undefined && { path }),
        totalBytes,
        usedBytes: totalBytes - freeBytes,
        freeBytes,
        shards,
        ...(watermarks && { watermarks }),
        over: overOf(freeBytes, watermarks),
      },
    ];
  });
}

function watermarksOf({ settings }: ClusterState, totalBytes: number): Disk['watermarks'] {
  try {
    return {
      low: reservedBytes(settings, totalBytes),
      high: reservedBytes(settings, totalBytes, 'high'),
      flood: reservedBytes(settings, totalBytes, 'flood_stage'),
    };
  } catch {
    // A watermark that can't be understood is left out, not guessed; placement refuses it by itself.
    return undefined;
  }
}

function overOf(freeBytes: number, watermarks: Disk['watermarks']): Disk['over'] {
  if (!watermarks) return 'none';
  if (freeBytes < watermarks.flood) return 'flood';
  if (freeBytes < watermarks.high) return 'high';
  return freeBytes < watermarks.low ? 'low' : 'none';
}
