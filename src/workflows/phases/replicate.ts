import type { Migration } from '../run/migration';
import { untilDone } from '../run/until-done';

/** Phase 4: a copy of every shard on the new side; primaries move first, so that each byte crosses the bridge once. */
export async function replicate(m: Migration): Promise<string> {
  m.state.doing('prepares the indices');
  m.state.record(await m.world.prepareIndices());

  m.state.doing('moves primaries to the new side');
  await untilDone(m, 'replicate', (since) => m.world.replicate({ since }));

  m.state.doing('proves that every shard group has a copy on both sides');
  return (await m.world.proveReplicated()).proven;
}
