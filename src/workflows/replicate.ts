import type { MoveProgress } from '../contract/progress';
import type { Migration } from './migration';

/** Phase 4: a copy of every shard on the new side; primaries move first, so that each byte crosses the bridge once. */
export async function replicate(m: Migration): Promise<string> {
  m.state.doing('prepares the indices');
  m.state.record(await m.world.prepareIndices());

  m.state.doing('moves primaries to the new side');
  // From a run before this one, or from before the phase was blocked.
  let { progress } = m.state.data;
  do {
    m.control.safePoint();
    progress = await moveOn(m, progress);
  } while (!progress.done);

  m.state.doing('proves that every shard group has a copy on both sides');
  return (await m.world.proveReplicated()).proven;
}

/** Moves primaries for a while, and shows how far that came. */
export async function moveOn(m: Migration, since?: MoveProgress): Promise<MoveProgress> {
  const progress = await m.world.replicate({ since });
  m.state.set({ progress });
  return progress;
}
