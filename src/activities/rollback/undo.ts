import type { Activities } from '../../contract/activities';
import { readLedger } from '../../elasticsearch/ledger/records';
import { proofFailed } from '../../elasticsearch/proof';
import { hostRef } from '../../plan/hosts';
import type { Deps } from '../deps';

/** The way back on one host, and the end of its record. */
export function createUndoActivities(deps: Deps): Pick<Activities, 'undoHost' | 'forgetHost'> {
  return {
    async undoHost({ host, phases }) {
      const { plan, hosts } = await deps.scope();
      return hosts.undo(hostRef(plan, host), phases ? { phases } : {});
    },

    async forgetHost({ host }) {
      const scope = await deps.scope();
      const { plan, hosts } = scope;
      // The hub also keeps what the cluster's settings were before: while one is not put back, nobody else knows it.
      if (host === plan.hosts.hub.name) {
        const left = (await readLedger(scope)).map((record) => record.id);
        if (left.length > 0) {
          throw proofFailed(`${host}: its record can't be ended, the cluster is not put back yet: ${left.join(', ')}`);
        }
      }
      await hosts.forget(hostRef(plan, host));
    },
  };
}
