import { parse } from 'yaml';
import { flattenConfig } from '../../../src/hosts/app-config/yaml/edit';
import {
  expectsNodes,
  newNodeConfig,
  oldNodeConfig,
  securityFiles,
  withExpectedNodes,
  withSeeds,
} from '../../../src/activities/nodes/settings';
import { generationOf } from '../../../src/elasticsearch/generations';
import { parsePlan } from '../../../src/plan/parse';
import { minimalPlan } from '../../plan/minimal';

const base = minimalPlan();
const node = (name: string, address: string, nodeName?: string) => ({
  name,
  address,
  ...(nodeName ? { nodeName } : {}),
});
const plan = (elasticsearch: Partial<typeof base.elasticsearch> = {}) =>
  parsePlan({
    ...base,
    elasticsearch: { clusterName: 'shop', ...elasticsearch },
    hosts: {
      ...base.hosts,
      old: [node('old-1', '198.18.1.11'), node('old-2', '198.18.1.12')],
      new: [node('new-1', '198.18.2.11', 'es-new-1'), node('new-2', '198.18.2.12')],
    },
  });
const settings = (text: string) => Object.fromEntries(flattenConfig(text));
const version = (major: number) => ({ major, discovery: generationOf(major).discovery });
const { discovery } = generationOf(7);
/** Both sides, and a dedicated master, of which there is one on each. */
const BOTH = { data: 4, master: 2, dataOrMaster: 6 };
const FRESH = `# ---- Cluster ----
#cluster.name: my-application
#node.name: node-1
path.data: /var/lib/elasticsearch   # on the big disk
path.logs: /var/log/elasticsearch
#network.host: 192.168.0.1
xpack.security.enabled: false
`;
const OLD = `cluster.name: shop
node.name: old-1
xpack.security.enabled: false
discovery.seed_hosts: ["198.18.1.11", "198.18.1.12"]
gateway.expected_data_nodes: 2
`;

describe('newNodeConfig', () => {
  const config = (text: string, p = plan(), old = OLD, major = 7) => {
    const [host] = p.hosts.new;
    if (!host) throw new Error('no new host');
    return newNodeConfig(text, old, p, host, version(major), BOTH);
  };

  it('makes a fresh file a member of the old cluster and keeps what the package said', () => {
    const result = config(FRESH);
    expect(result.startsWith(FRESH)).toBe(true);
    expect(settings(result)).toEqual({
      'path.data': '/var/lib/elasticsearch',
      'path.logs': '/var/log/elasticsearch',
      'xpack.security.enabled': false,
      'cluster.name': 'shop',
      'node.name': 'es-new-1',
      'network.host': '198.18.2.11',
      'discovery.seed_hosts': ['198.18.1.11', '198.18.1.12'],
      'gateway.expected_data_nodes': 4,
    });
    expect(config(result)).toBe(result);
  });

  it('adds no expected nodes on 8.x, and removes what would keep it from starting or joining', () => {
    const auto = `${FRESH}cluster:\n  initial_master_nodes: ["x"]\n  name: other\nhttp.host: 0.0.0.0\ntransport.host: 0.0.0.0\ndiscovery.type: single-node\ngateway.recover_after_nodes: 3\ngateway.recover_after_data_nodes: 5\n`;
    const result = settings(config(auto, plan(), OLD, 8));
    expect(result).toMatchObject({
      'cluster.name': 'shop',
      'network.host': '198.18.2.11',
      'gateway.recover_after_data_nodes': 4,
    });
    for (const key of [
      'cluster.initial_master_nodes',
      'http.host',
      'transport.host',
      'discovery.type',
      'gateway.expected_data_nodes',
      'gateway.recover_after_nodes',
    ]) {
      expect(result).not.toHaveProperty([key]);
    }
  });

  it('takes over the security settings of an old node, whole, and knows the files that they name', () => {
    const old = `${OLD.replace('xpack.security.enabled: false\n', '')}xpack:\n  security:\n    enabled: true\n    transport.ssl:\n      enabled: true\n      keystore.path: certs/transport.p12\n      certificate_authorities: [ca.crt, /etc/ca2.crt]\n`;
    const result = config(`${FRESH}xpack.security.http.ssl.enabled: true\n`, plan(), old);
    expect(settings(result)).toMatchObject({
      'xpack.security.enabled': true,
      'xpack.security.transport.ssl.keystore.path': 'certs/transport.p12',
    });
    expect(settings(result)).not.toHaveProperty(['xpack.security.http.ssl.enabled']);
    expect(securityFiles(result)).toEqual(['certs/transport.p12', 'ca.crt', '/etc/ca2.crt']);
    expect(settings(config(FRESH, plan(), 'cluster.name: shop\n'))).not.toHaveProperty(['xpack.security.enabled']);
  });

  it('knows the files by the name of this node, and does not look for what only its environment can tell', () => {
    const ssl = 'xpack.security.transport.ssl';
    const old = `cluster.name: shop\nnode.name: old-1\n${ssl}.keystore.path: certs/\${node.name}.p12\n${ssl}.truststore.path: \${HOSTNAME}.p12\n${ssl}.key: \${cluster.name}/\${node.name}.\${KIND}\n`;
    expect(securityFiles(config(FRESH, plan(), old))).toEqual(['certs/es-new-1.p12']);
  });

  it('names ports where they are not the default, and lets the plan’s own settings win', () => {
    const p = plan({
      httpPort: 9201,
      transportPort: 9301,
      newNodeSettings: {
        'network.host': '0.0.0.0',
        'http.host': '_site_',
        'path.data': '/data',
        'node.roles': ['data', 'master'],
      },
    });
    const result = config(`${FRESH}transport.tcp.port: 9400\n`, p);
    expect(settings(result)).toMatchObject({
      'http.port': 9201,
      'transport.port': 9301,
      'network.host': '0.0.0.0',
      'http.host': '_site_',
      'path.data': '/data',
      'node.roles': ['data', 'master'],
      'discovery.seed_hosts': ['198.18.1.11:9301', '198.18.1.12:9301'],
    });
    expect(result).toContain('path.data: "/data"   # on the big disk');
    expect(settings(result)).not.toHaveProperty(['transport.tcp.port']);
    expect(settings(config(`${FRESH}http.port: 9400\n`))).toMatchObject({ 'http.port': 9200 });
  });

  it('fills an empty file', () => {
    expect(parse(config('# nothing\n', plan(), '# nothing\n', 8))).toMatchObject({ 'cluster.name': 'shop' });
  });
});

describe('oldNodeConfig', () => {
  it('lets an old node find both sides after a reboot', () => {
    const text =
      'cluster.name: shop\ncluster.initial_master_nodes:\n  - old-1\ndiscovery.zen.ping.unicast.hosts: old-1\ngateway:\n  expected_nodes: 2\n';
    const result = oldNodeConfig(text, plan(), version(7), BOTH);
    expect(settings(result)).toEqual({
      'cluster.name': 'shop',
      'discovery.seed_hosts': ['198.18.1.11', '198.18.1.12', '198.18.2.11', '198.18.2.12'],
      'gateway.expected_nodes': 6,
    });
    expect(oldNodeConfig(result, plan(), version(7), BOTH)).toBe(result);
    expect(settings(oldNodeConfig('cluster.name: shop\n', plan(), version(8), BOTH))).not.toHaveProperty([
      'gateway.expected_data_nodes',
    ]);
  });
});

describe('seeds and expected nodes', () => {
  it('replaces seeds in any spelling, and only when they differ', () => {
    expect(settings(withSeeds('discovery.seed_hosts.0: a\ndiscovery.seed_hosts.1: b\n', ['c'], discovery))).toEqual({
      'discovery.seed_hosts': ['c'],
    });
    for (const same of ['discovery.seed_hosts: "b, a"\n', 'discovery:\n  seed_hosts: [b, a]\n']) {
      expect(withSeeds(same, ['a', 'b'], discovery)).toBe(same);
    }
    expect(withSeeds('discovery:\n  seed_hosts: # all\n    - a\n    - old\n', ['a'], discovery)).toBe(
      'discovery:\n  seed_hosts: # all\n    - a\n',
    );
  });

  const left = (data: number) => ({ data, master: 3, dataOrMaster: data + 3 });

  it('lowers expected nodes one by one, and a full restart does not wait for more', () => {
    const text = 'gateway.expected_data_nodes: 6 # all\ngateway.recover_after_data_nodes: 4\n';
    expect(withExpectedNodes(text, left(5), version(7))).toBe(text.replace('6', '5'));
    expect(withExpectedNodes(text, left(3), version(7))).toBe(text.replace('6', '3').replace('4', '3'));
    expect(expectsNodes(text, version(7))).toBe(true);
    expect(expectsNodes('cluster.name: shop\n', version(7))).toBe(false);
  });

  it('says of each kind of nodes how many there are', () => {
    const text = `gateway.expected_nodes: 12
gateway.expected_master_nodes: 5
gateway.recover_after_nodes: 9
gateway.recover_after_master_nodes: 4
gateway.recover_after_data_nodes: 2
`;
    expect(settings(withExpectedNodes(text, left(2), version(7)))).toEqual({
      'gateway.expected_nodes': 5,
      'gateway.expected_master_nodes': 3,
      'gateway.recover_after_nodes': 5,
      'gateway.recover_after_master_nodes': 3,
      'gateway.recover_after_data_nodes': 2,
    });
  });

  it('lowers on 8.x what is said there, which would hold a full restart up for good', () => {
    const text = 'gateway.recover_after_data_nodes: 4\n';
    expect(expectsNodes(text, version(8))).toBe(true);
    expect(withExpectedNodes(text, left(3), version(8))).toBe(text.replace('4', '3'));
  });
});
