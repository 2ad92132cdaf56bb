import type { BridgeActivities } from '../../contract/activities';
import { hostRef, hubRef } from '../../plan/hosts';
import type { Deps } from '../deps';
import { filterStep } from './filter';
import { proveBridge } from './proof';
import { tunnelOf } from './tunnels';

/** Phase 1: the VPN between the two networks. */
export function createBridgeActivities(deps: Deps): BridgeActivities {
  return {
    async installBridgeHub() {
      const scope = await deps.scope();
      const hub = hubRef(scope.plan);
      const tunnel = tunnelOf(scope.plan);
      const filter = await scope.hosts.apply(hub, filterStep(scope.plan, hub, tunnel.unitOn(hub)));
      return [filter, ...(await tunnel.installHub(scope))];
    },
    async installBridgeClient({ host }) {
      const scope = await deps.scope();
      const ref = hostRef(scope.plan, host);
      const tunnel = tunnelOf(scope.plan);
      const filter = await scope.hosts.apply(ref, filterStep(scope.plan, ref, tunnel.unitOn(ref)));
      return [filter, ...(await tunnel.installClient(scope, host))];
    },
    proveBridge: async () => proveBridge(await deps.scope(), deps),
  };
}
