import type { Client } from '@elastic/elasticsearch';
import { readShrinking, readSnapshots, type RunningSnapshot } from '../looks/jobs';
import { readNodes } from '../looks/nodes';
import { PIN, pinsTo } from '../settings/pins';
import { readIndices } from '../settings/settings';
import type { ShardCopy } from './table';

/** Why something does not go on, and what a person can safely do. */
export interface StuckReason {
  sentence: string;
  action: string;
}

/**
 * What a copy waits for, by name, where the cluster tells only its kind: the snapshot that saves it, or that its index is held on
 * one node to be shrunk. Undefined where it is neither, or can't be seen now.
 * @param decider what keeps it off most nodes, as the cluster calls it
 */
export async function byName(
  client: Client,
  copy: ShardCopy,
  decider: string | undefined,
): Promise<StuckReason | undefined> {
  try {
    if (decider === 'snapshot_in_progress') return savedBy(copy, await readSnapshots(client));
    if (decider === 'filter') return await heldToShrink(client, copy);
  } catch {
    // The cluster's own words are left.
  }
  return undefined;
}

function savedBy({ index, shard }: ShardCopy, snapshots: RunningSnapshot[]): StuckReason | undefined {
  const snapshot = snapshots.find(({ indices }) => indices.includes(index));
  if (!snapshot) return undefined;
  const { name, repository } = snapshot;
  return {
    sentence: `Shard ${shard} of index ${index} is being saved by the snapshot ${name} to ${repository}, and moves when it is saved.`,
    action: `Wait; GET _snapshot/${repository}/${name}/_status tells how far it is. If snapshots come one after the other, hold their policy for a while (POST _slm/stop, later POST _slm/start).`,
  };
}

async function heldToShrink(client: Client, { index, shard }: ShardCopy): Promise<StuckReason | undefined> {
  const [pin] = pinsTo(
    (await readIndices(client)).filter(({ name }) => name === index),
    await readNodes(client),
  );
  if (!pin) return undefined;
  const step = (await readShrinking(client)).find((one) => one.index === index)?.step;
  const held = `Shard ${shard} of index ${index} does not move: the index is held on ${pin.node} (${PIN})`;
  return step === undefined
    ? {
        sentence: `${held}, and lifecycle management does not shrink it now.`,
        action: `If nobody else holds it there on purpose, take the setting back: PUT ${index}/_settings {"${PIN}": null}.`,
      }
    : {
        sentence: `${held}, since lifecycle management is about to shrink it (step ${step}).`,
        action: `Wait until it is done; GET ${index}/_ilm/explain tells how far it is. If it does not go on, run POST _ilm/stop, take the setting back (PUT ${index}/_settings {"${PIN}": null}), and run POST _ilm/start when the node is stopped.`,
      };
}
