import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../contract/activities';
import { claimSentence } from '../../contract/claim';
import { FAILURES } from '../../contract/failures';
import { hostRef } from '../../plan/hosts';
import type { Deps } from '../deps';

/** The activities by which a migration makes hosts its own, so that no two work on the same ones, and gives them up. */
export function createClaimActivities(deps: Deps): Pick<Activities, 'claimHost' | 'releaseHost'> {
  return {
    async claimHost({ host, owner: workflow, run, from }) {
      const { plan, hosts } = await deps.scope();
      const place = await deps.server.place();
      const claim = await hosts.claim(hostRef(plan, host), { workflow, run, ...place }, from);
      if (claim.migration === plan.name && claim.run === run) return;
      throw ApplicationFailure.nonRetryable(
        `${host} is held by the migration ${claimSentence(claim)}; wait until that has ended, ` +
          'or start `cleanUp` with its plan if its run is gone (docs/RUNBOOK.md)',
        FAILURES.PREFLIGHT_FAILED,
      );
    },

    async releaseHost({ host, owner: workflow, run }) {
      const { plan, hosts } = await deps.scope();
      await hosts.release(hostRef(plan, host), { workflow, run });
    },
  };
}
