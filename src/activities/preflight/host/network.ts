import type { Check } from '../../../contract/evidence';
import { familyOf } from '../../../hosts/family';
import { cidrContains, ipToNumber, isIPv4, parseCidr } from '../../../plan/addresses';
import type { HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { BRIDGE_DEVICE } from '../../bridge/device';
import { failed, passed, refused, warned } from '../check';
import type { HostFacts } from './facts';

/** Checks of hub, old and new hosts: what bridge and redirects need. Pure. */
export function networkChecks(plan: Plan, host: HostRef, facts: HostFacts): Check[] {
  return [
    tun(host, facts),
    device(host, facts),
    ...addresses(plan, host, facts),
    bridgeNetwork(plan, host, facts),
    packetFilter(host, facts),
    ports(plan, host, facts),
  ];
}

function tun({ name }: HostRef, facts: HostFacts): Check {
  if (facts.one('tun') === 'yes') return passed('tun', '/dev/net/tun can be opened', name);
  const remedy =
    'load the module (`modprobe tun`, and add it to /etc/modules-load.d), or give the container or VM this device';
  return refused('tun', name, '/dev/net/tun is missing or can not be opened, so there can be no bridge', remedy);
}

function device({ name }: HostRef, facts: HostFacts): Check {
  if (facts.one('device') === 'no') return passed('bridge-device', `the name ${BRIDGE_DEVICE} is free`, name);
  const seen = facts.one('device') === 'yes' ? `there is a device ${BRIDGE_DEVICE} already` : 'it was not seen';
  return refused('bridge-device', name, seen, `see what it is by \`ip addr show ${BRIDGE_DEVICE}\`, and remove it`);
}

/** An old or new host must own its address; a hub's may be translated on the way to it. */
function addresses(plan: Plan, { name, role }: HostRef, facts: HostFacts): Check[] {
  const { hub, old, new: fresh } = plan.hosts;
  const wanted =
    role === 'hub'
      ? [...new Set([hub.addressForOld, hub.addressForNew])]
      : [...old, ...fresh].filter((host) => host.name === name).map((host) => host.address);
  const own = facts.all('address');
  const has = own.filter((address) => !address.startsWith('127.')).join(', ') || 'none';
  const missing = wanted.filter((address) => !own.includes(address));
  if (missing.length === 0) return [passed('address', `has ${wanted.join(' and ')}`, name)];
  return missing.map((address) => {
    const seen = `${address} is on no interface of this host; it has ${has}`;
    return role === 'hub'
      ? warned('address', name, seen, 'fine if this address is translated to the hub; else correct it in the plan')
      : refused('address', name, seen, `correct hosts.${role} in the plan to the address that Elasticsearch publishes`);
  });
}

/** A route into the bridge's network would lead astray; one that only contains it gives way to the bridge's. */
function bridgeNetwork(plan: Plan, { name }: HostRef, facts: HostFacts): Check {
  const check = 'bridge-network';
  const { cidr } = plan.bridge;
  const remedy = 'choose another bridge.cidr that no host has a route to';
  if (facts.one('routes') !== 'read') return refused(check, name, 'the routes could not be read', 'install iproute2');
  const routes = facts.all('route').flatMap((line) => {
    const how = overlap(cidr, line);
    return how ? [{ line, how }] : [];
  });
  const astray = routes.find((route) => route.how === 'astray');
  if (astray) return refused(check, name, `${cidr} overlaps with the route "${astray.line}"`, remedy);
  const [wide] = routes;
  if (!wide) return passed(check, `no route overlaps with ${cidr}`, name);
  return warned(
    check,
    name,
    `${cidr} lies in the wider route "${wide.line}"; what it reaches there is cut off meanwhile`,
    `make sure that nothing there has an address of ${cidr}, or ${remedy}`,
  );
}

/** How a line of `ip route` meets a network: not at all, `wide` by a gateway for more than it, or `astray`. */
function overlap(cidr: string, line: string): 'wide' | 'astray' | undefined {
  const destination = line.replace(/^(blackhole|unreachable|prohibit|throw|unicast|nat) /, '').split(' ')[0] ?? '';
  if (destination === 'default' || destination === '0.0.0.0/0') return undefined;
  const [address = '', length = '32'] = destination.split('/');
  const network = parseCidr(cidr);
  if (!network || !isIPv4(address)) return 'astray';
  const prefix = Number(length);
  const base = ipToNumber(address);
  if (prefix >= network.prefix) return cidrContains(network, address) ? 'astray' : undefined;
  const contains = network.base >= base && network.base < base + 2 ** (32 - prefix);
  if (!contains) return undefined;
  return / via /.test(line) ? 'wide' : 'astray';
}

function packetFilter(host: HostRef, facts: HostFacts): Check {
  const { name } = host;
  const seen = facts.one('iptables');
  if (seen === 'usable') return passed('iptables', 'iptables is there and its tables can be read', name);
  return seen === 'absent'
    ? refused('iptables', name, 'iptables is not installed', `\`${familyOf(host).packages.byHand(['iptables'])}\``)
    : refused(
        'iptables',
        name,
        `its tables can't be used: ${seen || 'no answer'}`,
        'load the kernel modules of iptables',
      );
}

/** Ports that must be free; on an old host those of Elasticsearch must be taken. */
function ports(plan: Plan, host: HostRef, facts: HostFacts): Check {
  const { name, role } = host;
  const { httpPort, transportPort } = plan.elasticsearch;
  if (facts.one('sockets') !== 'read') {
    return refused('ports', name, 'they could not be read', `\`${familyOf(host).packages.byHand(['ss'])}\``);
  }
  const taken = (proto: string, port: number) => facts.all(proto).filter((socket) => meets(socket, port));
  if (role === 'old') {
    const silent = [httpPort, transportPort].filter((port) => taken('tcp', port).length === 0);
    if (silent.length === 0) return passed('ports', `Elasticsearch listens on ${httpPort} and ${transportPort}`, name);
    const remedy = 'start Elasticsearch, or correct elasticsearch.httpPort and transportPort in the plan';
    return refused('ports', name, `nothing listens on tcp ${silent.join(' and ')}`, remedy);
  }
  const wanted: [string, number][] =
    role === 'hub'
      ? [[plan.bridge.proto, plan.bridge.port]]
      : [plan.front.port, httpPort, transportPort].map((port) => ['tcp', port]);
  const busy = wanted.flatMap(([proto, port]) => taken(proto, port).map((socket) => `${proto} ${socket}`));
  const list = wanted.map(([proto, port]) => `${proto} ${port}`).join(', ');
  if (busy.length === 0) return passed('ports', `free: ${list}`, name);
  const remedy = 'see who listens by `ss -lntup`; stop it there, or choose another port in the plan';
  return failed('ports', name, `something listens on ${busy.join(', ')}`, remedy);
}

/** Whether a listening socket takes a port on the host's own address; loopback is another matter. */
function meets(socket: string, port: number): boolean {
  return socket.endsWith(`:${port}`) && !/^(127\.|\[::1\]|\[::ffff:127\.)/.test(socket);
}
