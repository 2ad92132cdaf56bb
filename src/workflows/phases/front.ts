import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/** Phase 5: HAProxy with TLS and basic auth on every new node; the apps don't use it yet. */
export async function front(m: Migration): Promise<string> {
  const hosts = m.plan.hosts.new.map((host) => host.name);
  m.state.doing(`sets up ${hosts.length} fronts`);
  await onEach(hosts, async (host) => m.state.record(await m.world.installFront({ host })));

  m.state.doing('proves the fronts from every app host');
  return (await m.world.proveFronts()).proven;
}
