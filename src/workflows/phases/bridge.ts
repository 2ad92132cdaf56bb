import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/** Phase 1: the VPN between the two networks; its server on the hub, a client on every old and new host. */
export async function bridge(m: Migration): Promise<string> {
  m.state.doing('sets up the VPN server on the hub');
  m.state.record(await m.world.installBridgeHub());

  const hosts = [...m.plan.hosts.old, ...m.plan.hosts.new].map((host) => host.name);
  m.state.doing(`connects ${hosts.length} hosts to the bridge`);
  await onEach(hosts, async (host) => m.state.record(await m.world.installBridgeClient({ host })));

  m.state.doing('proves the bridge');
  const facts = await m.world.proveBridge();
  m.state.set({ bridge: facts });
  const throughput = facts.throughputMBps.toFixed(1);
  return `${facts.clients} clients, ${facts.crossPairs} cross pairs answer, MTU ${facts.mtu}, ${throughput} MiB/s`;
}
