import pMap from 'p-map';
import { readExclusions } from '../../elasticsearch/settings/exclusions';
import type { ClusterHealth } from '../../elasticsearch/looks/health';
import { lookAtWhole } from '../../elasticsearch/looks/picture';
import { readNodes } from '../../elasticsearch/looks/nodes';
import { reachSide } from '../../elasticsearch/looks/reach';
import { keptOffBefore, settingsChangedSince } from '../../elasticsearch/settings/before';
import { quorumOf } from '../../elasticsearch/quorum';
import { familyOf } from '../../hosts/family';
import { allHosts, plannedNodes, type HostRef } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';
import type { Side } from '../../elasticsearch/shards/placement';
import { frontFiles } from '../front/steps';

/** What was seen of the cluster. */
export interface ClusterTraces {
  health: ClusterHealth;
  problems: string[];
}

/**
 * What of the move the cluster still shows: nodes of the other side, exclusions by name or from voting, settings that are
 * not as they were, anything but green. Its balancer may work: it is free to, from the moment in which its settings are back.
 * @param home the side that the cluster is to be on
 * @param lost names of nodes that went with hosts that were given up
 */
export async function clusterTraces(scope: Scope, home: Side, lost: readonly string[] = []): Promise<ClusterTraces> {
  const { client } = await reachSide(scope, home);
  const { problems, health } = await lookAtWhole(client);
  const nodes = plannedNodes(scope.plan);
  const present = (await readNodes(client)).map((node) => node.name);
  for (const { nodeName, side } of nodes) {
    if (side !== home && present.includes(nodeName)) problems.push(`${nodeName} is still in the cluster`);
    if (side === home && !present.includes(nodeName)) problems.push(`${nodeName} is not in the cluster`);
  }
  problems.push(...backAgain(present, lost));
  const before = await keptOffBefore(scope);
  const known = [...nodes.map(({ nodeName }) => nodeName), ...lost];
  const ours = (names: string[], theirs: string[]) =>
    names.filter((name) => known.includes(name) && !theirs.includes(name));
  const excluded = ours(await readExclusions(client), before.excluded);
  if (excluded.length > 0) problems.push(`still excluded: ${excluded.join(', ')}`);
  const voteless = ours(await (await quorumOf(client)).keptOut(client), before.voteless);
  if (voteless.length > 0) problems.push(`still kept from voting: ${voteless.join(', ')}`);
  problems.push(...(await settingsChangedSince(scope, client)).ours);
  return { problems, health };
}

/** Nodes of hosts that were given up and are in the cluster all the same, in words. */
export function backAgain(present: readonly string[], lost: readonly string[]): string[] {
  return lost
    .filter((name) => present.includes(name))
    .map((name) => `${name} was given up and is in the cluster again: empty it, and stop it`);
}

/** What was seen of the hosts. */
export interface HostTraces {
  looked: string[];
  /** Hosts that can't be reached and need not be: they may have been handed back already. */
  unreachable: string[];
  problems: string[];
}

/** Before the first look. */
export const NOTHING_SEEN: HostTraces = { looked: [], unreachable: [], problems: [] };

/** Prints one line for each thing of ours that is left; prints nothing on a clean host. */
function script(migration: string, host: HostRef, home: Side): string {
  const { services, software } = familyOf(host);
  const { role } = host;
  const own = ['/etc/bigswitch', ...software.openvpn.ownFiles, ...services.ownFiles];
  // After a migration the front stays: it is what was wanted.
  const files = role === 'new' && home === 'old' ? [...own, ...frontFiles(host)] : own;
  // The hub's record goes last of all: until then it knows what the settings were.
  const ledger = role === 'hub' ? `/var/lib/bigswitch/${migration}/steps` : `/var/lib/bigswitch/${migration}`;
  return [
    `if command -v iptables-save >/dev/null; then iptables-save 2>/dev/null | grep -i 'BIGSWITCH' | sed 's/^/rule /' || true; fi`,
    `if [ -e /sys/class/net/tun-bigswitch ]; then echo 'device tun-bigswitch'; fi`,
    `ip route show 2>/dev/null | grep 'tun-bigswitch' | sed 's/^/route /' || true`,
    `${services.ownScript} | sed 's/^/unit /' || true`,
    `for path in ${files.join(' ')} '${ledger}'; do`,
    `  if [ -e "$path" ] || [ -L "$path" ]; then echo "file $path"; fi`,
    `done`,
    ...(role === 'hub'
      ? []
      : [
          `case "$(readlink /var/lib/bigswitch/claim)" in '${migration} '*) echo 'claim' ;; esac`,
          `if [ ! -L /var/lib/bigswitch/claim ] && [ -e /var/lib/bigswitch/fence ]; then echo 'file /var/lib/bigswitch/fence'; fi`,
        ]),
    `echo looked`,
  ].join('\n');
}

/**
 * Looks on every host for rules, devices, routes, units and files of ours.
 * @param home the side that the cluster is on; old hosts need not be reachable any more when it is the new one
 */
export async function hostTraces(scope: Scope, home: Side): Promise<HostTraces> {
  const traces: HostTraces = { looked: [], unreachable: [], problems: [] };
  const look = async (host: HostRef) => {
    try {
      const lines = (await scope.hosts.ask(host, script(scope.plan.name, host, home)))
        .split('\n')
        .filter((line) => line !== '');
      if (lines.pop() !== 'looked') throw new Error('the look did not come to its end');
      traces.looked.push(host.name);
      traces.problems.push(...lines.map((line) => `${host.name}: ${line}`));
    } catch (error) {
      if (home === 'new' && host.role === 'old') traces.unreachable.push(host.name);
      else traces.problems.push(`${host.name}: ${(error as Error).message}`);
    }
  };
  await pMap(allHosts(scope.plan), look, { concurrency: 8 });
  return traces;
}
