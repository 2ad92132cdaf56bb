import type { Migration } from '../run/migration';
import type { Tend } from './gate';

/**
 * While people think, new indices appear, as often as not with all copies on one side: each side that needs a copy gets one
 * before a gate is looked at.
 * @param needed `both` before the switch; `new` from there on, as the old nodes are being left
 */
export function bringOver(m: Migration, needed: 'both' | 'new'): Tend {
  return async () => {
    const before = m.state.data.progress;
    // What did not arrive the last time is not tried as often again.
    const since = before?.arrivals && before;
    const progress = await m.world.replicate({ tend: needed, ...(since && { since }) });
    if (progress.done) m.state.set({ progress: undefined });
    else m.state.progressed(progress);
  };
}
