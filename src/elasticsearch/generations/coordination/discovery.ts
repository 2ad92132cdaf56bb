import type { Discovery } from '../generation';

/** Seeds are a list of addresses; who founds a cluster is said once and never again. */
export const discovery: Discovery = {
  seeds: 'discovery.seed_hosts',
  // The first is the older spelling, which 7.x still reads.
  expected: ['gateway.expected_nodes', 'gateway.expected_data_nodes'],
  recoverAfter: ['gateway.recover_after_nodes', 'gateway.recover_after_data_nodes'],
  neverOnMembers: ['cluster.initial_master_nodes', 'discovery.type', 'discovery.zen.ping.unicast.hosts'],
  waitsForNodes: (major) => major < 8,
};
