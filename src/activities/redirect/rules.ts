import { crossPeers, plannedNode, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { BRIDGE_DEVICE } from '../bridge/device';

/** Our own chains in the nat table, and the built-in chain that jumps to each. */
export const CHAINS = { BIGSWITCH_OUT: 'OUTPUT', BIGSWITCH_IN: 'PREROUTING', BIGSWITCH_POST: 'POSTROUTING' } as const;

/**
 * The redirect rules of one host as `iptables-restore --noflush` takes them: our chains are replaced in one piece, and
 * nothing else is touched.
 *
 * - out: what goes to a cross peer's real address goes to its VPN address (DNAT on OUTPUT)
 * - post: and leaves with the own VPN address, or the hub would drop it as a bad source (SNAT)
 * - in: what arrives for the own VPN address goes to the own real one, where Elasticsearch is bound (DNAT)
 *
 * Only the two ports are redirected, so that SSH to a peer's real address stays as it was.
 * @param peers cross peers that are redirected; default: all of the plan
 */
export function redirectRules(plan: Plan, host: string, peers: PlannedNode[] = crossPeers(plan, host)): string {
  const own = plannedNode(plan, host);
  const { httpPort, transportPort } = plan.elasticsearch;
  const traffic = [
    `-p tcp -m multiport --dports ${httpPort},${transportPort}`,
    ...(plan.bridge.redirectUdp ? [`-p udp -m udp --dport ${transportPort}`] : []),
  ];
  return [
    '*nat',
    ...Object.keys(CHAINS).map((chain) => `:${chain} - [0:0]`),
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
    'COMMIT',
    '',
  ].join('\n');
}

/** The lines of our rules as `iptables-save -t nat` lists them, without the jumps to them. */
export function ruleLines(rules: string): string[] {
  return rules.split('\n').filter((line) => line.startsWith('-A '));
}

/** The jumps from the built-in chains to ours, as `iptables-save -t nat` lists them. */
export function jumpLines(): string[] {
  return Object.entries(CHAINS).map(([chain, from]) => `-A ${from} -j ${chain}`);
}

/** sh lines that load the rules on standard input of `iptables-restore` and make the built-in chains jump to ours, once. */
export function loadRules(rules: string): string {
  return [`iptables-restore --noflush -w 10 <<'EOF_RULES'`, `${rules}EOF_RULES`, jumps()].join('\n');
}

/** sh lines that make the built-in chains jump to ours; a jump that is there is not made twice. */
export function jumps(): string {
  return Object.entries(CHAINS)
    .map(
      ([chain, from]) =>
        `iptables -w 10 -t nat -C ${from} -j ${chain} 2>/dev/null || iptables -w 10 -t nat -I ${from} 1 -j ${chain}`,
    )
    .join('\n');
}

/** sh lines that remove our jumps and chains and nothing else; run twice, they change nothing. */
export function removeRules(): string {
  return Object.entries(CHAINS)
    .map(
      ([chain, from]) => `while iptables -w 10 -t nat -D ${from} -j ${chain} 2>/dev/null; do :; done
if iptables -w 10 -t nat -S ${chain} >/dev/null 2>&1; then
  iptables -w 10 -t nat -F ${chain}
  iptables -w 10 -t nat -X ${chain}
fi`,
    )
    .join('\n');
}

/** sh lines that exit non-zero unless exactly these rules are in our chains, and each is jumped to once. */
export function rulesAreLoaded(rules: string): string {
  return `wanted=$(sort <<'EOF_WANTED'
${ruleLines(rules).join('\n')}
EOF_WANTED
)
${wantedAreLoaded()}`;
}

/** The same for the rules of a file on the host. */
export function rulesOfFileAreLoaded(file: string): string {
  return `wanted=$(grep '^-A ' ${file} | sort)
${wantedAreLoaded()}`;
}

function wantedAreLoaded(): string {
  return `nat=$(iptables-save -t nat)
loaded=$(printf '%s\\n' "$nat" | grep '^-A BIGSWITCH_' | sort)
[ "$wanted" = "$loaded" ] || { echo 'the chains BIGSWITCH_* of the nat table do not hold the redirect rules' >&2; exit 1; }
${Object.entries(CHAINS)
  .map(
    ([chain, from]) =>
      `[ "$(printf '%s\\n' "$nat" | grep -c '^-A ${from} -j ${chain}$')" = 1 ] || { echo '${from} does not jump to ${chain} once' >&2; exit 1; }`,
  )
  .join('\n')}`;
}
