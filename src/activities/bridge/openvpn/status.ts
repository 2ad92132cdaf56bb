import { hostRef } from '../../../plan/hosts';
import type { Scope } from '../../../elasticsearch/scope';
import { SERVER_STATUS } from './config';

/** Host → VPN address of the clients that the server lists as connected. @throws Error when it has no status */
export async function connected({ plan, hosts }: Scope): Promise<Map<string, string>> {
  const hub = hostRef(plan, plan.hosts.hub.name);
  const status = await hosts.read(hub, `cat ${SERVER_STATUS}`);
  if (status.code !== 0) throw new Error(`${hub.name} has no status of its VPN server (${SERVER_STATUS})`);
  return connectedClients(status.stdout);
}

/** Common name → VPN address of the clients in a status file of version 2. */
export function connectedClients(status: string): Map<string, string> {
  const clients = status
    .split('\n')
    .map((line) => line.split(','))
    .filter(([kind]) => kind === 'CLIENT_LIST')
    .map(([, name = '', , address = '']) => [name, address] as const);
  return new Map(clients);
}

/**
 * What the server received from its clients, each byte once: with `client-to-client` packets pass inside the server and
 * never reach the hub's own device. Columns of status version 2: name, real, virtual, virtual IPv6, received, sent.
 */
const COUNTERS = `
if [ -e ${SERVER_STATUS} ]; then
  awk -F, '$1 == "CLIENT_LIST" { sum += $6; n++ } END { if (n) printf "%.0f\\n", sum; else print "none" }' ${SERVER_STATUS}
else echo none; fi
`;

/** Bytes that crossed since the clients connected. */
export async function bytes({ plan, hosts }: Scope): Promise<number | undefined> {
  const out = await hosts.ask(hostRef(plan, plan.hosts.hub.name), COUNTERS);
  return /^\d+$/.test(out.trim()) ? Number(out.trim()) : undefined;
}
