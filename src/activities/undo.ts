import type { Activities } from '../contract/activities';
import { hostRef } from '../plan/hosts';
import type { Deps } from './deps';

/** The way back on one host, and the end of its record. */
export function createUndoActivities(deps: Deps): Pick<Activities, 'undoHost' | 'forgetHost'> {
  return {
    async undoHost({ host, phases }) {
      const { plan, hosts } = await deps.scope();
      return hosts.undo(hostRef(plan, host), phases ? { phases } : {});
    },

    async forgetHost({ host }) {
      const { plan, hosts } = await deps.scope();
      await hosts.forget(hostRef(plan, host));
    },
  };
}
