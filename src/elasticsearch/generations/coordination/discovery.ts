import type { Discovery, NodeWait } from '../generation';

/** What every version here knows. */
const BY_DATA: readonly NodeWait[] = [
  { key: 'gateway.expected_data_nodes', kind: 'expected', counts: 'data' },
  { key: 'gateway.recover_after_data_nodes', kind: 'least', counts: 'data' },
];
/** What 7.x reads too. */
const OLDER: readonly NodeWait[] = [
  { key: 'gateway.expected_nodes', kind: 'expected', counts: 'dataOrMaster' },
  { key: 'gateway.expected_master_nodes', kind: 'expected', counts: 'master' },
  { key: 'gateway.recover_after_nodes', kind: 'least', counts: 'dataOrMaster' },
  { key: 'gateway.recover_after_master_nodes', kind: 'least', counts: 'master' },
];

/** Seeds are a list of addresses; who founds a cluster is said once and never again. */
export const discovery: Discovery = {
  seeds: 'discovery.seed_hosts',
  neverOnMembers: ['cluster.initial_master_nodes', 'discovery.type', 'discovery.zen.ping.unicast.hosts'],
  waits: (major) => (major < 8 ? [...BY_DATA, ...OLDER] : BY_DATA),
  anew: (major) => (major < 8 ? 'gateway.expected_data_nodes' : undefined),
};
