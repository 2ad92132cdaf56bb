import { stringify } from 'yaml';
import { addressOf, CLUSTER_NAME, hostsOf, oldDataNodes } from './layout';
import { isSecured, mayBeMaster } from './shapes';
import type { LabHost } from './types';

/**
 * elasticsearch.yml of an old node.
 * @param firstStart whether the cluster is yet to be formed; the setting for that must not stay in the file
 */
export function oldNodeConfig(host: LabHost, hosts: LabHost[], esVersion: string, firstStart: boolean): string {
  const masters = hostsOf(hosts, 'old').filter(({ settings }) => mayBeMaster(settings));
  const list = (values: string[]) => JSON.stringify(values);
  return [
    `cluster.name: ${CLUSTER_NAME}`,
    `node.name: ${host.name}`,
    'path.data: /var/lib/elasticsearch',
    'path.logs: /var/log/elasticsearch',
    `network.host: ${addressOf(host)}`,
    'http.port: 9200',
    'transport.port: 9300',
    `discovery.seed_hosts: ${list(masters.map(addressOf))}`,
    ...(esVersion.startsWith('7.') ? [`gateway.expected_data_nodes: ${oldDataNodes(hosts).length}`] : []),
    ...(isSecured(host.settings) ? [] : ['xpack.security.enabled: false']),
    // The small heap is full of garbage now and then; the breaker must not take that for a load.
    'indices.breaker.total.use_real_memory: false',
    ...(firstStart ? [`cluster.initial_master_nodes: ${list(masters.map(({ name }) => name))}`] : []),
    ownSettings(host),
  ].join('\n');
}

/** What elasticsearch.yml of a node says beside what every node's does, as lines that end with a line end. */
export function ownSettings({ settings }: LabHost): string {
  return Object.keys(settings).length === 0 ? '' : stringify(settings);
}
