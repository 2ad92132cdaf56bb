import type { Scope } from '../../../elasticsearch/scope';
import { hubRef } from '../../../plan/hosts';
import { openvpnOn } from './config';

/** Host → VPN address of the clients that the server lists as connected. @throws Error when it has no status */
export async function connected({ plan, hosts }: Scope): Promise<Map<string, string>> {
  const hub = hubRef(plan);
  const file = openvpnOn(hub).status;
  const status = await hosts.read(hub, `cat ${file}`);
  if (status.code !== 0) throw new Error(`${hub.name} has no status of its VPN server (${file})`);
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
function countersScript(file: string): string {
  return `
if [ -e ${file} ]; then
  awk -F, '$1 == "CLIENT_LIST" { sum += $6; n++ } END { if (n) printf "%.0f\\n", sum; else print "none" }' ${file}
else echo none; fi
`;
}

/** Bytes that crossed since the clients connected. */
export async function bytes({ plan, hosts }: Scope): Promise<number | undefined> {
  const hub = hubRef(plan);
  const out = await hosts.ask(hub, countersScript(openvpnOn(hub).status));
  return /^\d+$/.test(out.trim()) ? Number(out.trim()) : undefined;
}
