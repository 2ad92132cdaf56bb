import type { BridgeActivities } from '../../contract/activities';
import type { Deps } from '../deps';
import { proveBridge } from './proof';
import { tunnelOf } from './tunnels';

/** Phase 1: the VPN between the two networks. */
export function createBridgeActivities(deps: Deps): BridgeActivities {
  return {
    async installBridgeHub() {
      const scope = await deps.scope();
      return tunnelOf(scope.plan).installHub(scope);
    },
    async installBridgeClient({ host }) {
      const scope = await deps.scope();
      return tunnelOf(scope.plan).installClient(scope, host);
    },
    proveBridge: async () => proveBridge(await deps.scope(), deps),
  };
}
