import type { Scope } from '../../elasticsearch/scope';
import { hostRef, hubVpnAddress, plannedNodes, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { cut } from '../../text/harmless';

/** Prints the established connections to these ports, one a line, as `ss` does. */
export function connectionsScript(ports: number[]): string {
  const sources = ports.map((port) => `sport = :${port}`).join(' or ');
  return `command -v ss >/dev/null || { echo 'ss is not installed' >&2; exit 1; }
ss -Htn state established "( ${sources} )"`;
}

/** Who is connected to these ports of a host, without the cluster itself. @throws when that can't be seen */
export async function clientsOf({ plan, hosts }: Scope, host: string, ports: number[]): Promise<string[]> {
  return clientsIn(await hosts.ask(hostRef(plan, host), connectionsScript(ports)), plan);
}

/**
 * Addresses of clients in the output of `ss`: what is left without cluster nodes and the hub (on either network and the
 * bridge), loopback, and the host itself, from whose address the worker's own requests come. An app is named.
 * @throws Error when a line can't be understood: an unknown is never "none"
 */
export function clientsIn(output: string, plan: Plan): string[] {
  const { hub, apps } = plan.hosts;
  const ours = new Set([
    ...[hubVpnAddress(plan), hub.addressForOld, hub.addressForNew],
    ...plannedNodes(plan).flatMap(({ address, vpnAddress }) => [address, vpnAddress]),
  ]);
  const named = new Map(apps.map((app) => [app.address, app.name]));
  const clients = output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const fields = line.trim().split(/\s+/);
      const peer = /^\[?(?:::ffff:)?([0-9a-fA-F.:]+?)(?:%[^\]]+)?\]?:\d+$/.exec(fields[3] ?? '')?.[1];
      if (peer === undefined) throw new Error(`a line of ss can't be understood: ${cut(line, 200)}`);
      return peer;
    })
    .filter((peer) => !ours.has(peer) && !peer.startsWith('127.') && peer !== '::1');
  return [...new Set(clients)].sort().map((peer) => (named.has(peer) ? `${peer} (${named.get(peer)})` : peer));
}

/** Prints who listens on the transport port of a host, and who of its own programs talks to one of its node's ports. */
export function ownTalkScript({ elasticsearch: { httpPort, transportPort } }: Plan): string {
  return `command -v ss >/dev/null || { echo 'ss is not installed' >&2; exit 1; }
ss -Hltnp 'sport = :${transportPort}' | sed 's/^/listens /'
ss -Htnp state established '( dport = :${httpPort} or dport = :${transportPort} )' | sed 's/^/talks /'`;
}

/** Programs of a node's own host that talk to it. @throws when that can't be seen */
export async function ownClientsOf({ plan, hosts }: Scope, node: PlannedNode): Promise<string[]> {
  return ownClientsIn(await hosts.ask(hostRef(plan, node.host), ownTalkScript(plan)), node.address);
}

/** SSH carries the worker's own requests, and is no program that anybody else knows of. */
const SSH = /^sshd/;

/**
 * Programs in the output of {@link ownTalkScript}, as `name (pid N)`, without the node itself.
 * @param address of the node
 */
export function ownClientsIn(output: string, address: string): string[] {
  const lines = output.split('\n').map((line) => line.trim().split(/\s+/));
  const usersOf = (line: string[]) =>
    [...(line.at(-1) ?? '').matchAll(/"([^"]{1,64})",pid=(\d+)/g)].map(([, name = '', pid = '']) => ({ name, pid }));
  const own = new Set(
    lines.filter(([kind]) => kind === 'listens').flatMap((line) => usersOf(line).map(({ pid }) => pid)),
  );
  const isHere = (peer = '') => {
    const at = peer.replace(/^\[?(?:::ffff:)?/, '').replace(/\]?:\d+$/, '');
    return at === address || at === '::1' || at.startsWith('127.');
  };
  const programs = lines
    .filter(([kind, , , , peer]) => kind === 'talks' && isHere(peer))
    .flatMap(usersOf)
    .filter(({ name, pid }) => !own.has(pid) && !SSH.test(name))
    .map(({ name, pid }) => `${name} (pid ${pid})`);
  return [...new Set(programs)].sort();
}
