import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/** Phase 2: NAT rules that make each node's real address reachable from the other network. */
export async function redirect(m: Migration): Promise<string> {
  const hosts = [...m.plan.hosts.old, ...m.plan.hosts.new].map((host) => host.name);
  m.state.doing(`redirects on ${hosts.length} hosts`);
  await onEach(hosts, async (host) => m.state.record(await m.world.installRedirect({ host })));

  m.state.doing('proves that every real address answers from the other side');
  return (await m.world.proveRedirects()).proven;
}
