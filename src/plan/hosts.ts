import { numberToIp, parseCidr } from './addresses';
import type { AppHost, HostRole, HubHost, NodeHost, Plan } from './schema';

/** A host of the plan with its role and everything needed to reach it. */
export interface HostRef {
  name: string;
  role: HostRole;
  /** Where the worker connects to by SSH. */
  ssh: { address: string; port: number; user: string; sudo: boolean };
}

/** Address by which the worker reaches a host when its `ssh.address` is not given. */
function ownAddress(host: NodeHost | HubHost | AppHost): string {
  return 'address' in host ? host.address : host.addressForNew;
}

function toRef(plan: Plan, role: HostRole, host: NodeHost | HubHost | AppHost): HostRef {
  return {
    name: host.name,
    role,
    ssh: {
      address: host.ssh?.address ?? ownAddress(host),
      port: host.ssh?.port ?? plan.ssh.port,
      user: host.ssh?.user ?? plan.ssh.user,
      sudo: host.ssh?.sudo ?? plan.ssh.sudo,
    },
  };
}

/** Every host of the plan: hub, old, new, apps, in this order. */
export function allHosts(plan: Plan): HostRef[] {
  return [
    toRef(plan, 'hub', plan.hosts.hub),
    ...plan.hosts.old.map((host) => toRef(plan, 'old', host)),
    ...plan.hosts.new.map((host) => toRef(plan, 'new', host)),
    ...plan.hosts.apps.map((host) => toRef(plan, 'app', host)),
  ];
}

/** Names of the app hosts in the order in which they are switched: the canary first. */
export function switchOrder(plan: Plan): string[] {
  const apps = plan.hosts.apps.map((app) => app.name);
  const canary = plan.switch.canary ?? apps[0];
  return [...apps.filter((app) => app === canary), ...apps.filter((app) => app !== canary)];
}

/** A host that the plan does not have, or no more: no retry brings it back. */
export class NoSuchHost extends Error {
  override readonly name = 'NoSuchHost';
}

/**
 * The host with this name.
 * @throws NoSuchHost when the plan has none
 */
export function hostRef(plan: Plan, name: string): HostRef {
  const found = allHosts(plan).find((host) => host.name === name);
  if (!found) throw new NoSuchHost(`the plan has no host named "${name}"`);
  return found;
}

/** The hub of a plan. */
export function hubRef(plan: Plan): HostRef {
  return hostRef(plan, plan.hosts.hub.name);
}

/** An Elasticsearch node of the plan as the other parts see it. */
export interface PlannedNode {
  /** Host name in the plan. */
  host: string;
  /** `node.name` in the cluster. */
  nodeName: string;
  side: 'old' | 'new';
  /** The real address that Elasticsearch publishes. */
  address: string;
  /** Fixed address on the bridge. */
  vpnAddress: string;
}

/** The first node's place in the bridge's network: the hub has the first address, the ones between stay free for people. */
const FIRST_NODE_OFFSET = 10;

/** Addresses of the bridge's network that are not for nodes. */
export const HUB_AND_SPARE_ADDRESSES = FIRST_NODE_OFFSET - 1;

/**
 * All old and new nodes with their bridge addresses: as the plan says, else by order: the hub has the first address, then old,
 * then new.
 */
export function plannedNodes(plan: Plan): PlannedNode[] {
  const cidr = parseCidr(plan.bridge.cidr);
  if (!cidr) throw new Error(`bridge.cidr "${plan.bridge.cidr}" is not a network`);
  const sides = [
    ...plan.hosts.old.map((host) => ({ host, side: 'old' as const })),
    ...plan.hosts.new.map((host) => ({ host, side: 'new' as const })),
  ];
  return sides.map(({ host, side }, index) => ({
    host: host.name,
    nodeName: host.nodeName ?? host.name,
    side,
    address: host.address,
    vpnAddress: plan.bridge.addresses?.[host.name] ?? numberToIp(cidr.base + FIRST_NODE_OFFSET + index),
  }));
}

/** The hub's address on the bridge: the first of the network. */
export function hubVpnAddress(plan: Plan): string {
  const cidr = parseCidr(plan.bridge.cidr);
  if (!cidr) throw new Error(`bridge.cidr "${plan.bridge.cidr}" is not a network`);
  return numberToIp(cidr.base + 1);
}

/**
 * The planned node on this host.
 * @throws NoSuchHost when the host is not an old or new one
 */
export function plannedNode(plan: Plan, host: string): PlannedNode {
  const found = plannedNodes(plan).find((node) => node.host === host);
  if (!found) throw new NoSuchHost(`the plan has no old or new host named "${host}"`);
  return found;
}

/** The nodes on the other side of the bridge, as seen from this host. */
export function crossPeers(plan: Plan, host: string): PlannedNode[] {
  const own = plannedNode(plan, host);
  return plannedNodes(plan).filter((node) => node.side !== own.side);
}
