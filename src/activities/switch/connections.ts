import { hubVpnAddress, plannedNodes } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { cut } from '../../text/harmless';

/** Prints the established connections to Elasticsearch's http port, one a line, as `ss` does. */
export function connectionsScript(plan: Plan): string {
  return `ss -Htn state established "( sport = :${plan.elasticsearch.httpPort} )"`;
}

/**
 * Addresses of clients in the output of `ss`: what is left without cluster nodes (on either network and the bridge),
 * loopback, and the host itself, from whose address the worker's own requests come.
 * @throws Error when a line can't be understood: an unknown is never "none"
 */
export function clientsIn(output: string, plan: Plan): string[] {
  const ours = new Set([
    hubVpnAddress(plan),
    ...plannedNodes(plan).flatMap(({ address, vpnAddress }) => [address, vpnAddress]),
  ]);
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
  return [...new Set(clients)].sort();
}
