import { leftOf, type Restored } from '../state/kept';
import type { Migration } from './migration';

/**
 * Puts back what was changed of the cluster, also where the hub has lost its record of it: the run has a second one.
 * @param migrated what the plan wanted of indices stays
 */
export async function restoreCluster(m: Migration, what: Restored & { migrated?: boolean }): Promise<void> {
  const { kept } = m.state.data;
  const undone = await m.world.restoreCluster({ ...what, ...(kept && { kept }) });
  if (undone.lost) m.state.keptAgain(undone.lost);
  if (kept) {
    // What was recorded meanwhile stays.
    const left = new Set(leftOf(kept, what));
    const gone = new Set(kept.filter((one) => !left.has(one)));
    m.state.set({ kept: m.state.data.kept?.filter((one) => !gone.has(one)) });
  }
  m.state.recordUndone({ host: undone.host, undone: undone.undone });
}
