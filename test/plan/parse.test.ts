import { InvalidPlanError, parsePlan } from '../../src/plan/parse';
import { brokenPlan, minimalPlan, problemsOf } from './minimal';

type Change = (plan: Record<string, any>) => void;

/** One wrong thing each: what a person did, the change, and the only message that may come out of it. */
const wrong: [what: string, change: Change, problem: string][] = [
  ['an unknown field', (p) => (p.brigde = {}), 'brigde: unknown field; remove it or correct its spelling'],
  [
    'an unknown field inside a host',
    (p) => (p.hosts.old[0].adress = '10.0.1.11'),
    'hosts.old.0.adress: unknown field; remove it or correct its spelling',
  ],
  ['a missing group', (p) => delete p.elasticsearch, 'elasticsearch: is missing; add it'],
  ['a missing hub', (p) => delete p.hosts.hub, 'hosts.hub: is missing; add it'],
  ['no old hosts', (p) => delete p.hosts.old, 'hosts.old: is missing; add it'],
  ['an empty list of new hosts', (p) => (p.hosts.new = []), 'hosts.new: must have at least one entry; add it'],
  ['an empty list of apps', (p) => (p.hosts.apps = []), 'hosts.apps: must have at least one entry; add it'],
  ['a host without an address', (p) => delete p.hosts.new[1].address, 'hosts.new.1.address: is missing; add it'],
  ['a missing version', (p) => delete p.version, 'version: is missing; add it'],
  ['another version', (p) => (p.version = 2), 'version: must be 1'],
  [
    'a text where a number belongs',
    (p) => (p.elasticsearch.httpPort = '9200'),
    'elasticsearch.httpPort: must be a number, not a text',
  ],
  [
    'a fraction where a whole number belongs',
    (p) => (p.elasticsearch.httpPort = 9200.5),
    'elasticsearch.httpPort: must be a whole number, not a fraction',
  ],
  ['a field left empty', (p) => (p.hosts.hub = null), 'hosts.hub: must be a group of fields, not empty'],
  ['one host instead of a list', (p) => (p.hosts.old = {}), 'hosts.old: must be a list, not a group of fields'],
  ['an empty text', (p) => (p.elasticsearch.clusterName = ''), 'elasticsearch.clusterName: must not be empty'],
  ['a port of 0', (p) => (p.front.port = 0), 'front.port: must be at least 1'],
  [
    'requests without time',
    (p) => (p.elasticsearch.requestSeconds = 9),
    'elasticsearch.requestSeconds: must be at least 10',
  ],
  [
    'requests that never end',
    (p) => (p.elasticsearch.requestSeconds = 301),
    'elasticsearch.requestSeconds: must be at most 300',
  ],
  ['a port that is too high', (p) => (p.front.port = 65536), 'front.port: must be at most 65535'],
  ['no rate at all', (p) => (p.replicate = { maxMBps: 0 }), 'replicate.maxMBps: must be more than 0'],
  ['another protocol', (p) => (p.bridge = { proto: 'sctp' }), 'bridge.proto: must be "udp" or "tcp"'],
  [
    'a host name for an address',
    (p) => (p.hosts.old[0].address = 'old-1.example.net'),
    'hosts.old.0.address: must be the IPv4 address of one host, such as 10.0.1.11',
  ],
  [
    'an address of no host',
    (p) => (p.hosts.old[0].address = '0.0.0.0'),
    'hosts.old.0.address: must be the IPv4 address of one host, such as 10.0.1.11',
  ],
  [
    'an address with a part over 255',
    (p) => (p.hosts.hub.addressForOld = '10.0.1.256'),
    'hosts.hub.addressForOld: must be the IPv4 address of one host, such as 10.0.1.11',
  ],
  [
    'a bridge network with host bits',
    (p) => (p.bridge = { cidr: '198.19.0.1/24' }),
    'bridge.cidr: must be a network of /8 to /29 such as 10.99.0.0/24',
  ],
  [
    'the secret itself',
    (p) => (p.front.auth.password = 'hunter2'),
    'front.auth.password: must be a reference, "file:/absolute/path" or "env:NAME", not the secret itself',
  ],
  [
    'a relative path to a secret',
    (p) => (p.ssh.privateKey = 'file:keys/id'),
    'ssh.privateKey: must be a reference, "file:/absolute/path" or "env:NAME", not the secret itself',
  ],
  [
    'a host name with a capital letter',
    (p) => (p.hosts.old[0].name = 'Old-1'),
    'hosts.old.0.name: must be a short host name: lower-case letters, digits and hyphens',
  ],
  [
    'a shell command for a path',
    (p) => (p.front.certificate.key = '/etc/ssl/$(id)'),
    'front.certificate.key: must be an absolute path without spaces',
  ],
  [
    'a list where one value belongs',
    (p) => (p.hosts.apps[0].config.set = { urls: ['a'] }),
    'hosts.apps.0.config.set.urls: must be a text, a number, true or false',
  ],
  [
    'a nested new-node setting',
    (p) => (p.elasticsearch.newNodeSettings = { path: { data: '/data' } }),
    'elasticsearch.newNodeSettings.path: must be a text, a number, true or false, or a list of texts',
  ],
  [
    'a waiver that is no name',
    (p) => (p.waive = ['Clock Skew']),
    'waive.0: must be "check" or "check:subject" as preflight names it',
  ],
  [
    'a name twice',
    (p) => (p.hosts.new[0].name = 'old-1'),
    'hosts.new.0: name "old-1" is also that of hosts.old.0; give each host a name of its own',
  ],
  [
    'an address twice',
    (p) => (p.hosts.new[0].address = '10.0.1.11'),
    'hosts.new.0: address "10.0.1.11" is also that of hosts.old.0; bigswitch redirects by address, so each host needs its own',
  ],
  [
    'the hub on the address of a node',
    (p) => (p.hosts.hub.addressForNew = '10.0.2.11'),
    'hosts.hub.addressForNew: address "10.0.2.11" is also that of hosts.new.0; bigswitch redirects by address, so each host needs its own',
  ],
  [
    'a node name twice',
    (p) => (p.hosts.new[0].nodeName = 'old-2'),
    'hosts.new.0: node name "old-2" is also that of hosts.old.1; nodes are excluded by name, so each needs its own',
  ],
  [
    'one machine under two names',
    (p) => p.hosts.apps.push({ ...p.hosts.apps[0], name: 'app-2' }),
    'hosts.apps.1: SSH address "10.0.3.11:22" is also that of hosts.apps.0; each host keeps its own record of changes, so one machine can stand in the plan only once',
  ],
  [
    'a bridge that overlaps with a host',
    (p) => (p.bridge = { cidr: '10.0.3.0/24' }),
    'bridge.cidr: 10.0.3.0/24 overlaps with the address 10.0.3.11 of host app-1; choose a network that none of the hosts uses',
  ],
  [
    'a bridge that is too small',
    (p) => (p.bridge = { cidr: '198.19.0.0/28' }),
    'bridge.cidr: 198.19.0.0/28 has room for 14 addresses, 15 are needed; choose a larger network',
  ],
  [
    'one port for two things',
    (p) => (p.front.port = 9200),
    'front.port: port "9200" is also that of elasticsearch.httpPort; they listen on the same host, so each needs its own',
  ],
  [
    'a setting that founds a second cluster',
    (p) => (p.elasticsearch.newNodeSettings = { 'cluster.initial_master_nodes': ['new-1'] }),
    "elasticsearch.newNodeSettings.cluster.initial_master_nodes: can't be set here; it would found a second cluster; remove it",
  ],
  [
    'no keys for the endpoints',
    (p) => delete p.hosts.apps[0].config.set,
    'hosts.apps.0.config.set: is missing; say which keys name the endpoints',
  ],
  [
    'a text file without a template',
    (p) => (p.hosts.apps[0].config = { path: '/etc/shop.conf', format: 'text' }),
    'hosts.apps.0.config.template: is missing; add it',
  ],
  [
    'keys for a text file',
    (p) => (p.hosts.apps[0].config = { path: '/etc/a', format: 'text', template: 'file:/t', set: { a: 'b' } }),
    'hosts.apps.0.config.set: does nothing with format text; remove it',
  ],
  [
    'a template for a yaml file',
    (p) => (p.hosts.apps[0].config.template = 'file:/t'),
    'hosts.apps.0.config.template: does nothing with format yaml; remove it',
  ],
  [
    'a canary that is no app host',
    (p) => (p.switch = { canary: 'new-1' }),
    'switch.canary: there is no app host "new-1"; use a name from hosts.apps',
  ],
];

describe('parsePlan', () => {
  test.each(wrong)('refuses %s with one message', (_what, change, problem) => {
    expect(problemsOf(brokenPlan(change))).toEqual([problem]);
  });

  test.each([undefined, null, 'plan', 7, []])('refuses %p, which is no object', (input) => {
    expect(problemsOf(input)).toEqual(['plan: must be one JSON object; see examples/plan.yaml for every field']);
  });

  test('names every problem at once, and says that nothing was touched', () => {
    const input = brokenPlan((plan) => {
      plan.typo = 1;
      delete plan.hosts.hub;
    });
    expect(problemsOf(input)).toHaveLength(2);
    expect(() => parsePlan(input)).toThrow(/2 problems\); nothing was touched:\n {2}- /);
  });

  test('never repeats a secret that was written into the plan', () => {
    const input = brokenPlan((plan) => {
      plan.front.auth.password = 'hunter2';
      plan.ssh.privateKey = 'hunter2';
      plan.elasticsearch.auth = { username: 'elastic', password: ['hunter2'] };
    });
    expect(problemsOf(input)).toHaveLength(3);
    expect(problemsOf(input).join()).not.toContain('hunter2');
  });

  test.each(['--version', '-Hroot@host', '.hidden'])(
    'takes "%s" for no unit: systemctl reads it as an option',
    (unit) => {
      const input = brokenPlan((plan) => (plan.elasticsearch.service = unit));
      expect(problemsOf(input)).toEqual([expect.stringContaining('elasticsearch.service')]);
    },
  );

  test.each(['elastic\nx', 'a:b', 'tab\t', ''])(
    'takes %j for no user name of HTTP basic authentication',
    (username) => {
      const input = brokenPlan((plan) => (plan.elasticsearch.auth = { username, password: 'env:PASSWORD' }));
      expect(problemsOf(input)).toEqual([expect.stringContaining('elasticsearch.auth.username')]);
      expect(
        problemsOf(brokenPlan((plan) => (plan.elasticsearch.auth = { username: 'Jürgen K', password: 'env:P' }))),
      ).toEqual([]);
    },
  );

  test('throws InvalidPlanError, so that callers can tell it from a bug', () => {
    expect(() => parsePlan({})).toThrow(InvalidPlanError);
  });

  test('fills in every default', () => {
    const plan = parsePlan(minimalPlan());
    expect(plan.bridge).toEqual({
      cidr: '198.19.0.0/24',
      port: 1194,
      proto: 'udp',
      redirectUdp: false,
      confirmSeconds: 180,
    });
    expect(plan.elasticsearch.service).toBe('elasticsearch.service');
    expect(plan.replicate.proofs).toBe(3);
    expect(plan.gates.approvalMinutes).toBe(30);
  });

  test('accepts what it returned: a validated plan is a plan', () => {
    const plan = parsePlan(minimalPlan());
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test('accepts a hub with one address for both sides, and a bridge that just fits', () => {
    const plan = minimalPlan();
    plan.hosts.hub.addressForOld = plan.hosts.hub.addressForNew;
    plan.bridge = { cidr: '198.19.0.0/28' };
    plan.hosts.new.pop();
    expect(problemsOf(plan)).toEqual([]);
  });

  test('accepts two hosts behind one address with different SSH ports', () => {
    const input = brokenPlan((plan) => {
      plan.hosts.old[0].ssh = { address: 'jump.example.net', port: 2201 };
      plan.hosts.old[1].ssh = { address: 'jump.example.net', port: 2202 };
    });
    expect(problemsOf(input)).toEqual([]);
  });

  test('says the place of one duplicate name once, not once more for its node name', () => {
    const input = brokenPlan((plan) => (plan.hosts.old[1].name = 'old-1'));
    expect(problemsOf(input)).toHaveLength(1);
  });
});
