import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { hostRef } from '../../plan/hosts';
import type { Deps } from '../deps';
import { nodesToProve, probeRedirects } from './proof';
import { confirmScript, persistStep, rulesStep, withoutPeerStep } from './steps';

/** Phase 2 (the story's "trick the machines into communicating"): NAT rules, confirmed over a fresh connection. */
export function createRedirectActivities(
  deps: Deps,
): Pick<Activities, 'installRedirect' | 'proveRedirects' | 'removeRedirectsFor'> {
  return {
    async installRedirect({ host }) {
      const { plan, hosts } = await deps.scope();
      const ref = hostRef(plan, host);
      const loaded = await hosts.apply(ref, rulesStep(plan, host));
      await hosts.ask(ref, confirmScript(plan, host), { freshConnection: true });
      return [loaded, await hosts.apply(ref, persistStep(plan, host))];
    },

    async proveRedirects(input) {
      const scope = await deps.scope();
      const { pairs, failures } = await probeRedirects(deps, scope, await nodesToProve(scope, input?.hosts));
      if (failures.length > 0) {
        throw ApplicationFailure.create({
          type: FAILURES.PROOF_FAILED,
          message:
            `${failures.length} of ${pairs * 2} probes of real addresses over the bridge failed: ` +
            `${failures.slice(0, 10).join('; ')}. Look at the rules there: iptables -t nat -S | grep BIGSWITCH`,
        });
      }
      return {
        proven: `every real address answers from the other side, ${pairs} pairs on http and transport`,
        facts: { pairs, probes: pairs * 2 },
      };
    },

    async removeRedirectsFor({ host, gone }) {
      const { plan, hosts } = await deps.scope();
      return [await hosts.apply(hostRef(plan, host), withoutPeerStep(plan, host, gone))];
    },
  };
}
