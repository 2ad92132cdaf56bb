import { leftovers, missing } from '../../../lab/judge/leftovers';
import { differences, parseSnapshot, type HostSnapshot, type Snapshot } from '../../../lab/judge/snapshot';
import { layoutHosts } from '../../../lab/layout';

const HOSTS = layoutHosts({ old: 1, new: 1, shape: 'plain' });
const BEFORE: Snapshot = {
  hub: { 'sysctl net.ipv4.ip_forward': '0' },
  'old-1': {
    'unit elasticsearch.service': 'active/running',
    'unit file elasticsearch.service': 'enabled',
    'content /etc/elasticsearch/elasticsearch.yml': 'aaa',
    'port tcp [::ffff:198.18.1.11]:9200': 'java',
  },
  'new-1': { 'unit file elasticsearch.service': 'disabled' },
  'app-1': { 'content /etc/shop/config.yaml': 'ccc', 'unit shop.service': 'active/running' },
  'app-2': { 'content /etc/shop/shop.env': 'ddd', 'unit shop.service': 'active/running' },
};

function changed(host: string, change: Record<string, string | undefined>, from = BEFORE): Snapshot {
  const entries = Object.entries({ ...from[host], ...change }).filter(([, value]) => value !== undefined);
  return { ...from, [host]: Object.fromEntries(entries) as HostSnapshot };
}

/** What a finished migration looks like. */
const AFTER = changed(
  'new-1',
  {
    'unit file elasticsearch.service': 'enabled',
    'unit elasticsearch.service': 'active/running',
    'port tcp [::ffff:198.18.2.11]:9300': 'java',
    'package haproxy': 'ii  2.6.12-1',
    'content /etc/haproxy/haproxy.cfg': 'b'.repeat(64),
    'file /etc/haproxy/bigswitch.cfg': 'f 600 root:root',
    'file /etc/haproxy/bigswitch/nodes-ca.pem': 'f 644 root:root',
    'file /etc/haproxy/bigswitch/front.pem.key': 'l 777 root:root /etc/ssl/bigswitch-lab/front.key',
    'setting discovery.seed_hosts': '[ "198.18.2.11" ]',
    'setting gateway.expected_data_nodes': '1',
    'unit file haproxy.service': 'enabled',
    'unit haproxy.service': 'active/running',
    'port tcp 198.18.2.11:9243': 'haproxy',
    'user haproxy': '104:105:/var/lib/haproxy:/usr/sbin/nologin',
  },
  changed(
    'old-1',
    {
      'unit elasticsearch.service': undefined,
      'unit file elasticsearch.service': 'disabled',
      'port tcp [::ffff:198.18.1.11]:9200': undefined,
    },
    changed(
      'app-1',
      { 'content /etc/shop/config.yaml': 'new' },
      changed('app-2', { 'content /etc/shop/shop.env': 'new' }),
    ),
  ),
);

describe('leftovers', () => {
  it('finds none where nothing was done', () => {
    expect(leftovers(BEFORE, BEFORE, HOSTS, 'rolled-back')).toEqual([]);
    expect(leftovers(BEFORE, BEFORE, HOSTS, 'migrated')).toEqual([]);
  });

  it('takes data on a new node for what was wanted after a migration, and for a leftover when all went back', () => {
    const data = { 'file /var/lib/elasticsearch/nodes': 'd 755 elasticsearch:elasticsearch' };
    expect(leftovers(BEFORE, changed('new-1', data, AFTER), HOSTS, 'migrated')).toEqual([]);
    expect(leftovers(BEFORE, changed('new-1', data), HOSTS, 'rolled-back')).toHaveLength(1);
    expect(leftovers(BEFORE, changed('app-1', data, AFTER), HOSTS, 'migrated')).toHaveLength(1);
  });

  it('takes what a running service makes for itself for no leftover, and what outlives it for one', () => {
    const socket = 'file /tmp/.java_pid123';
    const [running, orphan] = [
      'of a running service, s 600 elasticsearch:elasticsearch',
      's 600 elasticsearch:elasticsearch',
    ];
    const judge = (host: string, before?: string, after?: string) =>
      leftovers(changed(host, { [socket]: before }), changed(host, { [socket]: after }), HOSTS, 'rolled-back');
    expect(judge('old-1', running, undefined)).toEqual([]);
    expect(judge('new-1', undefined, running)).toEqual([]);
    expect(judge('old-1', running, orphan)).toEqual([]);
    expect(judge('new-1', undefined, orphan)).toEqual([`new-1: ${socket}: none → ${orphan}`]);
    expect(judge('old-1', orphan, undefined)).toEqual([`old-1: ${socket}: ${orphan} → none`]);
    expect(judge('old-1', running, 'f 644 root:root')).toHaveLength(1);
  });

  it('lets a rollback leave the lock of adduser, but nothing of the front', () => {
    const lock = changed('new-1', { 'file /run/adduser': 'f 644 root:root' });
    expect(leftovers(BEFORE, lock, HOSTS, 'rolled-back')).toEqual([]);
    const socket = changed('new-1', { 'file /run/haproxy-master.sock': 's 755 root:root' });
    expect(leftovers(BEFORE, socket, HOSTS, 'rolled-back')).toHaveLength(1);
  });

  it('lets a finished migration have its new servers', () => {
    expect(leftovers(BEFORE, AFTER, HOSTS, 'migrated')).toEqual([]);
    expect(missing(AFTER, HOSTS, 'migrated')).toEqual([]);
  });

  it('lets a rolled-back one have nothing of that', () => {
    const found = leftovers(BEFORE, AFTER, HOSTS, 'rolled-back');
    expect(found).toHaveLength(19);
    expect(found).toContain('new-1: package haproxy: none → ii  2.6.12-1');
  });

  it.each([
    ['hub', 'sysctl net.ipv4.ip_forward', '1'],
    ['hub', 'package openvpn', 'ii  2.6.14'],
    ['hub', 'package openvpn', 'rc  2.6.14'],
    ['hub', 'file /var/lib/bigswitch', 'd 700 root:root'],
    ['old-1', 'iptables-nft nat: -A OUTPUT -d 198.18.2.11/32 -j BIGSWITCH_OUT', 'there'],
    ['old-1', 'iptables-nft nat chain BIGSWITCH_OUT', '-'],
    ['old-1', 'device tun-bigswitch', 'there'],
    ['old-1', 'content /etc/elasticsearch/elasticsearch.yml', 'changed'],
    ['old-1', 'unit file elasticsearch.service', 'masked'],
    ['old-1', 'process java', 'there'],
    ['new-1', 'unit bigswitch-redirect.service', 'failed/failed'],
    ['new-1', 'route 198.18.1.0/24 via 198.19.0.1 dev tun0', 'there'],
    ['new-1', 'file /etc/openvpn/client/bigswitch.conf', 'f 600 root:root'],
    ['new-1', 'port tcp 0.0.0.0:9243', 'haproxy'],
    ['new-1', 'port tcp 198.18.2.11:9243', 'nginx'],
    ['new-1', 'unit haproxy.service', 'failed/failed'],
    ['new-1', 'file /etc/haproxy/bigswitch.cfg', 'f 644 root:root'],
    ['new-1', 'file /etc/haproxy/bigswitch/front.pem.key', 'f 644 root:root'],
    ['new-1', 'file /etc/haproxy/bigswitch/nodes-ca.pem', 'f 666 root:root'],
    ['new-1', 'file /etc/haproxy/other.cfg', 'f 644 root:root'],
    ['new-1', 'file /etc/haproxy/haproxy.cfg', 'f 666 root:root'],
    ['new-1', 'file /etc/elasticsearch/elasticsearch.yml', 'f 666 root:elasticsearch'],
    ['new-1', 'setting cluster.initial_master_nodes', '["new-1"]'],
    ['new-1', 'accounts shadow but haproxy', 'other'],
    ['app-1', 'content /etc/shop/config.yaml.bak', 'eee'],
    ['app-1', 'package haproxy', 'ii  2.6.12-1'],
    ['app-2', 'file /root/.ssh/known_hosts', 'f 600 root:root'],
    ['app-2', 'unit shop.service', 'failed/failed'],
  ])('finds on %s: %s: %s', (host, what, value) => {
    const was = BEFORE[host]?.[what] ?? 'none';
    const found = leftovers(BEFORE, changed(host, { [what]: value }, AFTER), HOSTS, 'migrated');
    expect(found).toEqual([`${host}: ${what}: ${was} → ${value}`]);
  });

  it('finds what is gone, and a whole host that is', () => {
    const gone = changed('hub', { 'sysctl net.ipv4.ip_forward': undefined });
    expect(leftovers(BEFORE, gone, HOSTS, 'migrated')).toEqual(['hub: sysctl net.ipv4.ip_forward: 0 → none']);
    expect(differences(BEFORE, { ...BEFORE, hub: {} })).toHaveLength(1);
  });

  it.each([
    ['setting discovery.seed_hosts', '["198.18.2.11", "198.18.1.11"]'],
    ['setting discovery.seed_hosts', '[]'],
    ['setting gateway.expected_data_nodes', '2'],
  ])('asks for new nodes only in %s: %s', (what, value) => {
    const found = missing(changed('new-1', { [what]: value }, AFTER), HOSTS, 'migrated');
    expect(found).toEqual([`new-1: ${what.slice(8)} is ${value}`]);
  });

  it.each([
    ['gateway.expected_data_nodes', ['master'], '0'],
    ['gateway.expected_data_nodes', ['data_hot'], '1'],
    ['gateway.expected_master_nodes', ['data_hot'], '0'],
    ['gateway.expected_nodes', ['ingest'], '1'],
  ])('counts in %s the nodes of %s that it is about', (what, roles, value) => {
    const hosts = HOSTS.map((host) => (host.name === 'new-1' ? { ...host, settings: { 'node.roles': roles } } : host));
    const said = (number: string) => {
      const none = { 'setting gateway.expected_data_nodes': undefined };
      return missing(changed('new-1', { ...none, [`setting ${what}`]: number }, AFTER), hosts, 'migrated');
    };
    expect(said(value)).toEqual([]);
    expect(said('7')).toEqual([`new-1: ${what} is 7`]);
  });

  it('asks for what must be there', () => {
    expect(missing(BEFORE, HOSTS, 'rolled-back')).toEqual([]);
    expect(missing(changed('new-1', { 'unit haproxy.service': undefined }, AFTER), HOSTS, 'migrated')).toEqual([
      'new-1: unit haproxy.service is none',
    ]);
  });
});

describe('reading a snapshot', () => {
  it('counts lines that are there twice and knows Docker’s own name server', () => {
    const text = [
      'iptables-nft nat: -A OUTPUT -j X\tthere',
      'iptables-nft nat: -A OUTPUT -j X\tthere',
      'port udp 127.0.0.11:40123\t',
      'iptables-nft nat: -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:40123\tthere',
      'end\tcomplete',
      '',
    ].join('\n');
    expect(Object.keys(parseSnapshot(text))).toEqual([
      'iptables-nft nat: -A OUTPUT -j X',
      'iptables-nft nat: -A OUTPUT -j X (2)',
      'port udp 127.0.0.11:*',
      'iptables-nft nat: -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --port * -j DNAT --to-destination 127.0.0.11:*',
    ]);
  });

  it('refuses half of one', () => {
    expect(() => parseSnapshot('device eth0\tthere\n')).toThrow('did not come to its end');
    expect(() => parseSnapshot('nonsense\nend\tcomplete\n')).toThrow('has no value');
  });
});
