import type { Phase } from '../../contract/phases';
import { isOutOfReach, sentence } from '../run/failures';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/**
 * Undoes what these phases changed on these hosts, where the next step does not need it: a host that can't be reached is told,
 * passed over from here on, and seen to by the last stage, which undoes all that is recorded.
 * @throws ApplicationFailure that names every host which was reached and refused, and why
 */
export async function undoOrOwe(m: Migration, hosts: string[], phases: Phase[]): Promise<void> {
  const due = hosts.filter((host) => !(host in (m.state.data.owed ?? {})));
  await onEach(due, async (host) => {
    try {
      m.state.recordUndone(await m.world.undoHost({ host, phases }));
    } catch (error) {
      if (!isOutOfReach(error)) throw error;
      m.state.set({ owed: { ...m.state.data.owed, [host]: sentence(error) } });
    }
  });
}
