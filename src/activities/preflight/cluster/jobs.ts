import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { readRestores, readShrinking, readSnapshots } from '../../../elasticsearch/looks/jobs';
import { quorumOf } from '../../../elasticsearch/quorum';
import { failed, judged, warned } from '../check';

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
  const remedy = 'wait for it, and hold the snapshot policy during the migration: a shard being saved does not move';
  return (await readSnapshots(client)).map(({ name, state }) =>
    failed('snapshots', name, `a snapshot is being taken (${state})`, remedy),
  );
}

async function restores(client: Client): Promise<Check[]> {
  const indices = await readRestores(client);
  return indices.map((index) => failed('restores', index, 'it is being restored from a snapshot', 'wait for it'));
}

async function shrinking(client: Client): Promise<Check[]> {
  const remedy = 'wait for it, or stop lifecycle management (POST /_ilm/stop): its shards are pinned to one node';
  return (await readShrinking(client)).map(({ index, step }) =>
    failed('lifecycle', index, `it is being shrunk (${step})`, remedy),
  );
}

async function voteless(client: Client): Promise<Check[]> {
  const names = await (await quorumOf(client)).keptOut(client);
  const remedy = 'nothing if it is meant so; else DELETE /_cluster/voting_config_exclusions';
  return names.map((name) => warned('voting-exclusions', name, 'it is kept from voting already, and stays so', remedy));
}
