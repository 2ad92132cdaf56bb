import { crossFieldProblems } from './cross-field';
import { allHosts, plannedNodes } from './hosts';
import type { Plan } from './schema';

/**
 * Why a plan can't do without a host, in one sentence with what to do instead.
 * @returns undefined where it can
 */
export function whyNotWithout(plan: Plan, host: string): string | undefined {
  const found = allHosts(plan).find(({ name }) => name === host);
  if (!found) return `the plan has no host named "${host}"`;
  if (found.role === 'hub') {
    return `${host} is the hub, and keeps what the cluster's settings were: bring up a machine at its address, with what it kept`;
  }
  const side = allHosts(plan).filter(({ role }) => role === found.role);
  if (side.length === 1) {
    const what = found.role === 'app' ? 'app host' : `${found.role} host`;
    return `${host} is the last ${what} of the plan: bring up a machine with SSH in its place; where nothing is recorded, nothing is to be undone`;
  }
  return crossFieldProblems(leftOver(plan, [host]))[0];
}

/**
 * The plan as it is without hosts that are gone for good. What is left keeps what it got by its place in the whole plan: its
 * address on the bridge.
 * @throws Error that says why, when it can't do without one of them
 */
export function without(plan: Plan, hosts: readonly string[]): Plan {
  return hosts.reduce((rest, host) => {
    const why = whyNotWithout(rest, host);
    if (why !== undefined) throw new Error(why);
    return leftOver(rest, [host]);
  }, plan);
}

function leftOver(plan: Plan, gone: readonly string[]): Plan {
  const stays = ({ name }: { name: string }) => !gone.includes(name);
  const { hub, old, new: fresh, apps } = plan.hosts;
  const { canary, ...moving } = plan.switch;
  const nodes = plannedNodes(plan).filter(({ host }) => !gone.includes(host));
  return {
    ...plan,
    bridge: { ...plan.bridge, addresses: Object.fromEntries(nodes.map((node) => [node.host, node.vpnAddress])) },
    hosts: { hub, old: old.filter(stays), new: fresh.filter(stays), apps: apps.filter(stays) },
    switch: { ...moving, ...(canary !== undefined && !gone.includes(canary) && { canary }) },
  };
}
