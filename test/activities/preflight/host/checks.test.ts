import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonChecks } from '../../../../src/activities/preflight/host/checks';
import { clockSkew, HostFacts } from '../../../../src/activities/preflight/host/facts';
import { nodeChecks } from '../../../../src/activities/preflight/host/node';
import { preflightScript } from '../../../../src/activities/preflight/host/script';
import { hostRef } from '../../../../src/plan/hosts';
import { bad, base64, certificate, facts, GOOD, look, names, newKey, NOW, plan, type Changes } from './fixture';

it.each(['hub', 'old-1', 'new-1', 'app-1'])('finds nothing wrong with a good %s', (host) => {
  expect(bad(look(host))).toEqual([]);
});

it.each<[string, Changes, string]>([
  ['old-1', { uid: ['1000'] }, 'failed root'],
  ['app-1', { leftover: ['/var/lib/bigswitch/shop-move'] }, 'failed left-overs'],
  ['hub', { claim: ['shop-move bigswitch-shop-move'] }, 'failed left-overs'],
  ['old-1', { leftover: ['/var/lib/bigswitch/winter'] }, 'failed other-migration'],
  ['new-1', { claim: ['winter bigswitch-winter'] }, 'failed other-migration'],
  ['hub', { free: ['/ 900000', '/var/lib 1000'] }, 'failed disk'],
  ['hub', { free: ['/ '] }, 'failed disk'],
  ['app-1', { free: ['/var/lib 1000'] }, 'failed disk'],
  ['old-1', { lacks: ['ip', 'iptables-restore'] }, 'failed tools'],
  ['old-1', { services: ['absent'] }, 'failed systemd'],
  ['old-1', { services: ['degraded'] }, 'warn systemd'],
  ['new-1', { has: [] }, 'failed packages'],
  ['hub', { tun: ['no'] }, 'failed tun'],
  ['new-1', { device: ['yes'] }, 'failed bridge-device'],
  ['new-1', { address: ['198.18.2.99'] }, 'failed address'],
  ['hub', { address: ['198.18.1.5'] }, 'warn address'],
  ['new-1', { iptables: ['absent'] }, 'failed iptables'],
  ['new-1', { iptables: ['no table nat'] }, 'failed iptables'],
  ['old-1', { reach: ['198.18.2.11 RTNETLINK answers: Network is unreachable'] }, 'failed peer-route'],
  ['new-1', { reach: [] }, 'failed peer-route'],
  // Of no use before the rules: 65,536 is what a host of 1 to 4 GiB has, and an entry stays for two minutes.
  ['old-1', { opened: ['600'] }, 'warn connection-tracking'],
  ['old-1', { opened: ['1100'] }, 'failed connection-tracking'],
  ['new-1', { conntrack: ['0 262144'], opened: ['2300'] }, 'warn connection-tracking'],
  ['new-1', { conntrack: ['3000 4000'] }, 'warn connection-tracking'],
  ['old-1', { opened: [] }, 'warn connection-tracking'],
  ['hub', { iptables: ['absent'] }, 'failed iptables'],
  ['hub', { udp: ['0.0.0.0:1194'] }, 'failed ports'],
  ['new-1', { tcp: ['[::]:9243'] }, 'failed ports'],
  ['new-1', { tcp: ['198.18.2.11:9300'] }, 'failed ports'],
  ['old-1', { tcp: ['198.18.1.11:9200'] }, 'failed ports'],
  ['old-1', { tcp: ['198.18.1.11:9200', '127.0.0.1:9300'] }, 'failed ports'],
  ['new-1', { LoadState: ['not-found'] }, 'failed es-service'],
  ['new-1', { LoadState: ['masked'] }, 'failed es-service'],
  ['new-1', { ActiveState: ['active'] }, 'failed es-service'],
  ['new-1', { ActiveState: ['activating'] }, 'failed es-service'],
  ['new-1', { UnitFileState: ['enabled'] }, 'warn es-service'],
  ['old-1', { ActiveState: ['failed'] }, 'failed es-service'],
  ['old-1', { config: ['-'] }, 'failed es-config'],
  ['old-1', { config: [base64('a: [1\nb: 2')] }, 'failed es-config'],
  ['old-1', { config: [base64('\uFEFFpath.data: /data\n')] }, 'failed es-config'],
  ['new-1', { config: [base64('\uFEFFpath.data: /data\n')] }, 'failed es-config'],
  ['new-1', { data: ['3 /data'] }, 'failed data-dir'],
  ['new-1', { data: ['unreadable /data'] }, 'failed data-dir'],
  ['new-1', { data: [] }, 'failed data-dir'],
  ['new-1', { data: ['absent /data'] }, 'warn data-dir'],
  ['new-1', { chain: ['-'] }, 'failed front-certificate'],
  ['new-1', { chain: [base64('none')] }, 'failed front-certificate'],
  ['new-1', { key: ['absent'] }, 'failed front-certificate'],
  ['new-1', { key: ['unusable'] }, 'failed front-certificate'],
  ['new-1', { key: ['unknown'] }, 'warn front-certificate'],
  ['new-1', { key: [base64(newKey('other.key'))] }, 'failed front-certificate'],
  ['new-1', { chain: [base64(certificate(20))] }, 'warn front-certificate'],
  ['new-1', { chain: [base64(certificate(3))] }, 'failed front-certificate'],
  ['new-1', { chain: [base64(certificate(90, '198.18.2.12'))] }, 'failed front-certificate'],
  ['app-1', { 'app-config': ['-'] }, 'failed app-config'],
  ['app-1', { 'app-config': [base64('OTHER=http://198.18.1.11:9200\n')] }, 'failed app-config'],
  ['app-1', { 'app-config': [base64('ES=http://elsewhere:9200\n')] }, 'warn app-config'],
  [
    'app-1',
    { 'app-config': [base64('ES=http://198.18.1.11:9200\nOLD=http://198.18.1.11:9200\n')] },
    'failed app-config',
  ],
  ['app-1', { 'app-config': [base64('ES=http://198.18.1.11:9200\nES_SNIFF=true\n')] }, 'failed app-sniffing'],
  ['app-1', { 'app-config-mode': ['644'] }, 'failed app-config-readers'],
  ['app-1', { 'app-config-mode': ['604'] }, 'failed app-config-readers'],
  ['app-1', { 'app-config-mode': [] }, 'failed app-config-readers'],
  ['new-1', { haproxy: ['HA-Proxy version 2.0.33-0ubuntu0.1 2023/10/31'] }, 'failed front-version'],
  ['new-1', { haproxy: ['HA-Proxy version 2.2.9-2+deb11u6 2023/12/23'] }, 'warn front-version'],
  ['new-1', { haproxy: ['Candidate: 2.4.13-1'] }, 'warn front-version'],
  ['new-1', { haproxy: ['Candidate: (none)'] }, 'warn front-version'],
  ['new-1', { haproxy: [] }, 'warn front-version'],
  ['new-1', { 'front-service': [base64('default CONFIG=/srv/haproxy.cfg')] }, 'failed front-service'],
  ['new-1', { 'front-service': [] }, 'failed front-service'],
  ['app-1', { 'lacks-app': ['curl'] }, 'failed app-commands'],
  ['app-1', { 'no-unit': ['shop'] }, 'failed app-commands'],
  ['app-1', { check: ['22'] }, 'failed app-check'],
  ['app-1', { check: ['124'] }, 'failed app-check'],
  ['app-1', { check: [] }, 'failed app-check'],
  ['app-1', { old: ['198.18.1.11 1'] }, 'failed app-old-nodes'],
  ['app-1', { old: [] }, 'failed app-old-nodes'],
  ['app-1', { front: ['198.18.2.11 124'] }, 'failed app-fronts'],
  ['app-1', { front: [] }, 'failed app-fronts'],
  ['app-1', { ca: ['-'] }, 'failed front-trust'],
  ['app-1', { trust: ['unknown'] }, 'warn front-trust'],
  ['app-1', { trust: [] }, 'warn front-trust'],
  ['app-1', { trust: ['new-1 error 20: unable to get local issuer'] }, 'failed front-trust'],
])('%s with %j: %s', (host, changes, expected) => {
  const found = look(host, changes);
  expect(names(found)).toEqual([expected]);
  for (const check of bad(found)) expect(check).toMatchObject({ subject: host, remedy: expect.any(String) });
});

it.each([
  [undefined, "the system's certificates", 'name the file on this host with the CA that signed it in front.caFile'],
  ['/etc/shop/ca.crt', '/etc/shop/ca.crt', 'put the CA that signed it into /etc/shop/ca.crt on this host'],
])(
  'fronts that are not trusted for one reason are one check, which says what to do: with caFile %s',
  (ca, by, todo) => {
    const given = plan(({ front }) => (ca === undefined ? delete front.caFile : (front.caFile = ca)));
    const trust = ['new-1 error 19', 'new-2 yes', 'new-3 error 19'];
    expect(look('app-1', { trust }, given).filter(({ name }) => name === 'front-trust')).toEqual([
      {
        name: 'front-trust',
        subject: 'app-1',
        result: 'failed',
        seen: `${by} do not vouch for the certificate of new-1, new-3: error 19`,
        remedy: expect.stringContaining(todo),
        waivable: true,
      },
    ]);
  },
);

it('takes whatever a host did not say for a failure', () => {
  const silent = (host: string, allowed: string[]) => {
    const all = Object.fromEntries(Object.keys(GOOD).map((key) => [key, []]));
    expect(
      look(host, all)
        .filter((check) => check.result === 'ok')
        .map((check) => check.name),
    ).toEqual(allowed);
  };
  // The clock is given apart. The others list what is in the way; that the list is whole is seen by the script's end.
  silent('hub', ['clock', 'left-overs', 'tools']);
  silent('old-1', ['clock', 'left-overs', 'tools']);
  silent('new-1', ['clock', 'left-overs', 'tools']);
  silent('app-1', ['clock', 'left-overs', 'tools', 'app-commands']);
});

it('hub and app hosts track nothing for the redirect', () => {
  const loud: Changes = { opened: ['9999'], reach: [] };
  expect(names(look('hub', loud))).toEqual([]);
  expect(names(look('app-1', loud))).toEqual([]);
});

it("says so when sudo would write down what it is given, secrets included, and only where it is sudo's", () => {
  const sudo = plan(({ ssh }) => (ssh.sudo = true));
  const found = (said: string[]) => names(look('old-1', { 'sudo-log': said }, sudo));
  expect(found(['none'])).toEqual([]);
  expect(found(['!log_output'])).toEqual([]);
  expect(found(['log_input'])).toEqual(['failed sudo-log']);
  expect(found(['!log_input log_output'])).toEqual(['failed sudo-log']);
  expect(found([])).toEqual(['warn sudo-log']);
  expect(names(look('old-1', { 'sudo-log': ['log_input'] }))).toEqual([]);
});

it('looks for sniffing in the file as it will be, so that the plan can switch it off, and shows no value', () => {
  const config = { 'app-config': [base64('ES=http://198.18.1.11:9200\nES_SNIFF=very-secret\n')] };
  const [found] = bad(look('app-1', config));
  expect(found).toMatchObject({ name: 'app-sniffing', waivable: true, seen: expect.stringContaining('ES_SNIFF') });
  expect(JSON.stringify(found)).not.toContain('very-secret');
  const off = plan(({ hosts }) => (hosts.apps[0]!.config.set = { ES: '{{urls}}', ES_SNIFF: 'false' }));
  expect(bad(look('app-1', config, off))).toEqual([]);
});

describe('bridge-network', () => {
  it.each<[string, string]>([
    ['198.19.0.0/24 dev eth1 scope link', 'failed'],
    ['198.19.0.128/25 via 198.18.1.1 dev eth0', 'failed'],
    ['198.19.0.7 dev tun0', 'failed'],
    ['blackhole 198.19.0.0/28', 'failed'],
    ['198.18.0.0/15 dev eth0 scope link', 'failed'],
    ['nonsense dev eth0', 'failed'],
    ['198.18.0.0/15 via 198.18.1.1 dev eth0', 'warn'],
    ['198.19.1.0/24 dev eth1', 'ok'],
    ['198.18.0.0/16 dev eth1', 'ok'],
    ['default via 198.18.1.1', 'ok'],
  ])('%s: %s', (route, result) => {
    const found = look('old-1', { route: [route] }).find((check) => check.name === 'bridge-network');
    expect(found?.result).toBe(result);
  });
});

describe('clock', () => {
  const skew = (begin: number, end: number) =>
    clockSkew(facts({ begin: [String(begin)], end: [String(end)] }), 1000_000, 1002_000);
  it('is measured by midpoints', () => {
    expect(skew(1000.5, 1001.5)).toEqual({ seconds: 0, plusMinus: 0.5 });
    expect(skew(1040.5, 1041.5)).toEqual({ seconds: 40, plusMinus: 0.5 });
    expect(clockSkew(new HostFacts('end=1'), 0, 1)).toBeUndefined();
  });
  it.each([
    [1.9, 0.1, 'ok'],
    [2.1, 0.1, 'warn'],
    [-2.1, 0.1, 'warn'],
    [0.1, 2.5, 'warn'],
    [31, 0.1, 'failed'],
    [-31, 0.1, 'failed'],
  ])('%d s ± %d s: %s', (seconds, plusMinus, result) => {
    const [clock] = commonChecks(plan(), hostRef(plan(), 'hub'), facts(), { seconds, plusMinus });
    expect(clock?.result).toBe(result);
  });
});

it('refuses an expired certificate, and one that is not valid yet, by the clock', () => {
  const at = (days: number) =>
    nodeChecks(plan(), hostRef(plan(), 'new-1'), facts(), NOW + days * 86_400_000).filter(
      (check) => check.result !== 'ok',
    );
  expect(at(91)).toMatchObject([{ name: 'front-certificate', result: 'failed', waivable: false }]);
  expect(at(-1)).toMatchObject([
    { name: 'front-certificate', result: 'failed', seen: expect.stringContaining('only from') },
  ]);
});

it("takes no line of a host's output for another fact, and shows no value of a configuration", () => {
  const secret = 'ES=http://198.18.1.11:9200\nPASSWORD=very-secret\nuid=0\n';
  const found = look('app-1', { 'app-config': [base64(secret)], uid: ['1000'] });
  expect(names(found)).toEqual(['failed root']);
  expect(JSON.stringify(found)).not.toContain('very-secret');
});

it('the script asks what redirects, front and sudo need to know, and says all of it', () => {
  const asked = (host: string) => {
    const script = preflightScript(plan(), hostRef(plan(), host)).replaceAll('/etc/shop.env', '/etc/passwd');
    const env = { ...process.env, SUDO_USER: 'nobody' };
    return new HostFacts(execFileSync('sh', { input: script, stdio: ['pipe', 'pipe', 'ignore'], env }).toString());
  };
  const [old, hub, app] = ['old-1', 'hub', 'app-1'].map(asked);
  expect(old?.all('reach')).toEqual([expect.stringMatching(/^198\.18\.2\.11 (yes|\S+ .*)$/)]);
  expect(old?.one('conntrack')).toMatch(/^(-|\d+) (-|\d+)$/);
  expect([old?.one('opened'), old?.one('open')].map(Number)).toEqual([expect.any(Number), expect.any(Number)]);
  expect(old?.one('opened')).toMatch(/^\d+$/);
  expect([old, hub].map((host) => host?.one('iptables'))).toEqual(['usable', 'usable']);
  expect(app?.one('app-config-mode')).toBe('644');
  expect(old?.one('sudo-log')).toBeDefined();
}, 30_000);

it('makes no file where the device for tunnels is missing', () => {
  const empty = mkdtempSync(join(tmpdir(), 'bigswitch-tun-'));
  const device = join(empty, 'tun');
  const script = preflightScript(plan(), hostRef(plan(), 'hub')).replaceAll('/dev/net/tun', device);
  const seen = new HostFacts(execFileSync('sh', { input: script, stdio: ['pipe', 'pipe', 'ignore'] }).toString());
  expect([seen.complete, seen.one('tun'), existsSync(device)]).toEqual([true, 'no', false]);
  rmSync(empty, { recursive: true });
});

it('refuses files to be edited that are in no UTF-8', () => {
  const latin1 = Buffer.from('ES=http://198.18.1.11:9200\nMAIL="Büro"\n', 'latin1').toString('base64');
  expect(names(look('app-1', { 'app-config': [latin1] }))).toEqual(['failed app-config']);
  const yaml = Buffer.from('path.data: /data # für\n', 'latin1').toString('base64');
  expect(names(look('old-1', { config: [yaml] }))).toEqual(['failed es-config']);
});
