import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { hostRef } from '../../plan/hosts';
import type { Deps } from '../deps';

/** The activities by which a migration makes hosts its own, so that no two work on the same ones, and gives them up. */
export function createClaimActivities(deps: Deps): Pick<Activities, 'claimHost' | 'releaseHost'> {
  return {
    async claimHost({ host, owner }) {
      const { plan, hosts } = await deps.scope();
      const claim = await hosts.claim(hostRef(plan, host), owner);
      if (claim.migration === plan.name && claim.owner === owner) return;
      const who = claim.owner === '' ? '' : ` (workflow ${claim.owner})`;
      throw ApplicationFailure.nonRetryable(
        `${host} is held by the migration "${claim.migration}"${who}; wait until that has ended, ` +
          'or start `cleanUp` with its plan if its run is gone',
        FAILURES.PREFLIGHT_FAILED,
      );
    },

    async releaseHost({ host, owner }) {
      const { plan, hosts } = await deps.scope();
      await hosts.release(hostRef(plan, host), owner);
    },
  };
}
