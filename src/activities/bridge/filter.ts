import { familyOf } from '../../hosts/family';
import { jumpLines, loadRules, removeRules, rulesAreLoaded, type OwnRules } from '../../hosts/rules/chains';
import { keptRules } from '../../hosts/rules/kept';
import type { HostStep } from '../../hosts/step';
import { ipToNumber } from '../../plan/addresses';
import { crossPeers, plannedNode, type HostRef } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { BRIDGE_DEVICE } from './device';
import { MEASURE_PORT, measuredBetween } from './measure';
import { nodeTraffic } from './traffic';

/**
 * What may come out of the bridge at one host, and go no further: pings, answers, and from each cross peer what the redirect
 * brings to Elasticsearch. Whatever else listens on the host stays as far away from the other network as it was; a hub lets
 * nothing but pings in. What the host's own firewall says of the rest still counts: allowed here is *not refused here*.
 */
export function filterRules(plan: Plan, host: HostRef): OwnRules {
  return {
    table: 'filter',
    what: 'filter rules',
    chains: ['BIGSWITCH_BRIDGE', 'BIGSWITCH_THROUGH'],
    jumps: [
      { from: 'INPUT', match: `-i ${BRIDGE_DEVICE}`, chain: 'BIGSWITCH_BRIDGE' },
      { from: 'FORWARD', match: `-i ${BRIDGE_DEVICE}`, chain: 'BIGSWITCH_THROUGH' },
      { from: 'FORWARD', match: `-o ${BRIDGE_DEVICE}`, chain: 'BIGSWITCH_THROUGH' },
    ],
    lines: [
      '-A BIGSWITCH_BRIDGE -p icmp -j RETURN',
      ...(host.role === 'hub' ? [] : fromPeers(plan, host.name)),
      '-A BIGSWITCH_BRIDGE -j DROP',
      '-A BIGSWITCH_THROUGH -j DROP',
    ],
  };
}

/** Addresses on the bridge are given side by side, so those of the other side are one range. */
function fromPeers(plan: Plan, host: string): string[] {
  const own = plannedNode(plan, host);
  const peers = crossPeers(plan, host)
    .map(({ vpnAddress }) => vpnAddress)
    .sort((a, b) => ipToNumber(a) - ipToNumber(b));
  const [first, last] = [peers[0], peers.at(-1)];
  const to = `-d ${own.address}/32`;
  const traffic = nodeTraffic(plan);
  const measured = measuredBetween(plan);
  const measure =
    measured.to.host === host
      ? [
          `-A BIGSWITCH_BRIDGE -s ${measured.from.vpnAddress}/32 -d ${own.vpnAddress}/32 -p tcp -m tcp --dport ${MEASURE_PORT} -j RETURN`,
        ]
      : [];
  return [
    // Not tracked on a hub: it opens nothing over the bridge but pings.
    '-A BIGSWITCH_BRIDGE -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
    ...measure,
    // One line for all: with one for each peer, those of all hosts would grow with the square of their number.
    ...traffic.map((what) => `-A BIGSWITCH_BRIDGE ${to} ${what} -m iprange --src-range ${first}-${last} -j RETURN`),
  ];
}

/**
 * Puts the filter in before the tunnel comes up, and keeps it there.
 * @param tunnel unit of the host's end of it, which is to find the filter at boot
 */
export function filterStep(plan: Plan, host: HostRef, tunnel: string): HostStep {
  const rules = filterRules(plan, host);
  const { effects, check, apply, undo, isEnabled } = keptRules(familyOf(host), 'filter', rules, {
    description: 'bigswitch: what may come over the bridge',
    before: tunnel,
  });
  return {
    phase: 'bridge',
    id: 'bridge-filter',
    summary: 'let nothing over the bridge but the ports of Elasticsearch',
    effects: [{ kind: 'rules', rules: [...rules.lines, ...jumpLines(rules)], there: true }, ...effects],
    check: `${rulesAreLoaded(rules)}
${check}`,
    apply: `${loadRules(rules)}
${apply}`,
    verify: `${isEnabled}
${rulesAreLoaded(rules)}`,
    undo: `${undo}
${removeRules(rules)}`,
  };
}
