import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import type { Check } from '../../../contract/evidence';
import { askCluster, hasNoSuchApi } from '../../../elasticsearch/client/ask';
import { readRecoveries } from '../../../elasticsearch/shards/recovery';
import { quorumOf } from '../../../elasticsearch/quorum';
import { failed, judged, warned } from '../check';

const snapshotsSchema = z.object({ snapshots: z.array(z.object({ snapshot: z.string(), state: z.string() })) });
const lifecycleSchema = z.object({
  indices: z.record(z.string(), z.object({ action: z.string().optional(), step: z.string().optional() })),
});

/** What is under way in the cluster that would hold shards where they are. */
export async function jobChecks(client: Client): Promise<Check[]> {
  return [
    ...judged('snapshots', await snapshots(client), 'no snapshot is being taken'),
    ...judged('restores', await restores(client), 'no snapshot is being restored'),
    ...judged('lifecycle', await shrinking(client), 'no index is being shrunk'),
    ...judged('voting-exclusions', await voteless(client), 'every master-eligible node may vote'),
  ];
}

async function snapshots(client: Client): Promise<Check[]> {
  const { snapshots: running } = await askCluster(client, snapshotsSchema, { path: '/_snapshot/_status', heavy: true });
  const remedy = 'wait for it, and hold the snapshot policy during the migration: a shard being saved does not move';
  return running.map(({ snapshot, state }) =>
    failed('snapshots', snapshot, `a snapshot is being taken (${state})`, remedy),
  );
}

async function restores(client: Client): Promise<Check[]> {
  const running = (await readRecoveries(client)).filter((one) => one.type === 'SNAPSHOT');
  const indices = [...new Set(running.map((one) => one.index))];
  return indices.map((index) => failed('restores', index, 'it is being restored from a snapshot', 'wait for it'));
}

async function shrinking(client: Client): Promise<Check[]> {
  try {
    const { indices } = await askCluster(client, lifecycleSchema, {
      path: '/*/_ilm/explain',
      heavy: true,
      query: { only_managed: true },
    });
    const busy = Object.entries(indices).filter(([, one]) => one.action === 'shrink' && one.step !== 'complete');
    const remedy = 'wait for it, or stop lifecycle management (POST /_ilm/stop): its shards are pinned to one node';
    return busy.map(([index, one]) => failed('lifecycle', index, `it is being shrunk (${one.step ?? '?'})`, remedy));
  } catch (error) {
    // A distribution without lifecycle management shrinks nothing.
    if (hasNoSuchApi(error)) return [];
    throw error;
  }
}

async function voteless(client: Client): Promise<Check[]> {
  const names = await (await quorumOf(client)).keptOut(client);
  const remedy = 'nothing if it is meant so; else DELETE /_cluster/voting_config_exclusions';
  return names.map((name) => warned('voting-exclusions', name, 'it is kept from voting already, and stays so', remedy));
}
