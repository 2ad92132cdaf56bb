import type { OwnRules } from '../../hosts/rules/chains';
import { crossPeers, plannedNode, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { BRIDGE_DEVICE } from '../bridge/device';
import { nodeTraffic } from '../bridge/traffic';

/**
 * The redirect rules of one host.
 *
 * - out: what goes to a cross peer's real address goes to its VPN address (DNAT on OUTPUT)
 * - post: and leaves with the own VPN address, or the hub would drop it as a bad source (SNAT)
 * - in: what arrives for the own VPN address goes to the own real one, where Elasticsearch is bound (DNAT)
 *
 * Only the two ports are redirected, so that SSH to a peer's real address stays as it was.
 * @param peers cross peers that are redirected; default: all of the plan
 */
export function redirectRules(plan: Plan, host: string, peers: PlannedNode[] = crossPeers(plan, host)): OwnRules {
  const own = plannedNode(plan, host);
  const traffic = nodeTraffic(plan);
  const lines = [
    ...peers.flatMap((peer) =>
      traffic.map(
        (what) => `-A BIGSWITCH_OUT -d ${peer.address}/32 ${what} -j DNAT --to-destination ${peer.vpnAddress}`,
      ),
    ),
    ...traffic.map(
      (what) =>
        `-A BIGSWITCH_IN -d ${own.vpnAddress}/32 -i ${BRIDGE_DEVICE} ${what} -j DNAT --to-destination ${own.address}`,
    ),
    `-A BIGSWITCH_POST -o ${BRIDGE_DEVICE} -m conntrack --ctstate DNAT -j SNAT --to-source ${own.vpnAddress}`,
  ];
  return {
    table: 'nat',
    what: 'redirect rules',
    chains: ['BIGSWITCH_OUT', 'BIGSWITCH_IN', 'BIGSWITCH_POST'],
    jumps: [
      { from: 'OUTPUT', chain: 'BIGSWITCH_OUT' },
      { from: 'PREROUTING', chain: 'BIGSWITCH_IN' },
      { from: 'POSTROUTING', chain: 'BIGSWITCH_POST' },
    ],
    lines,
  };
}
