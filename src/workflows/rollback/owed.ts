import type { Phase } from '../../contract/phases';
import { outOfReach } from '../run/failures';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/**
 * Undoes what these phases changed on these hosts, where the next step does not need it, see {@link eachOrOwe}; the last stage
 * undoes all that is recorded.
 * @throws ApplicationFailure that names every host which was reached and refused, and why
 */
export function undoOrOwe(m: Migration, hosts: string[], phases: Phase[]): Promise<void> {
  return eachOrOwe(m, hosts, async (host) => m.state.recordUndone(await m.world.undoHost({ host, phases })));
}

/**
 * Does the same on each of these hosts: one that can't be reached is told, passed over from here on, and seen to by the last
 * stage.
 * @throws ApplicationFailure that names every host which was reached and refused, and why
 */
export async function eachOrOwe(
  m: Migration,
  hosts: string[],
  work: (host: string) => Promise<unknown>,
): Promise<void> {
  const due = hosts.filter((host) => !(host in (m.state.data.owed ?? {})));
  await onEach(due, async (host) => {
    try {
      await work(host);
    } catch (error) {
      const why = outOfReach(error);
      if (why === undefined) throw error;
      m.state.set({ owed: { ...m.state.data.owed, [host]: why } });
    }
  });
}
