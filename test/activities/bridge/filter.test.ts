import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { filterRules, filterStep } from '../../../src/activities/bridge/filter';
import { MEASURE_PORT } from '../../../src/activities/bridge/measure';
import { redirectRules } from '../../../src/activities/redirect/rules';
import { loadRules, removeRules, rulesAreLoaded } from '../../../src/hosts/rules/chains';
import { hostRef } from '../../../src/plan/hosts';
import { twoASide as plan } from '../two-a-side';

const rulesOf = (host: string, bridge = {}) => filterRules(plan(bridge), hostRef(plan(), host));

describe('the filter of one host', () => {
  it('lets in, of the bridge, the ports of Elasticsearch from the other side alone', () => {
    expect(rulesOf('old-1').lines).toEqual([
      '-A BIGSWITCH_BRIDGE -p icmp -j RETURN',
      '-A BIGSWITCH_BRIDGE -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
      '-A BIGSWITCH_BRIDGE -d 198.18.1.11/32 -p tcp -m multiport --dports 9200,9300 -m iprange --src-range 198.19.0.12-198.19.0.13 -j RETURN',
      '-A BIGSWITCH_BRIDGE -j DROP',
      '-A BIGSWITCH_THROUGH -j DROP',
    ]);
    expect(rulesOf('old-1', { redirectUdp: true }).lines).toContain(
      '-A BIGSWITCH_BRIDGE -d 198.18.1.11/32 -p udp -m udp --dport 9300 -m iprange --src-range 198.19.0.12-198.19.0.13 -j RETURN',
    );
  });

  it('takes in all of the other side, and none of its own', () => {
    const range = (host: string) => /--src-range \S+/.exec(rulesOf(host).lines.join('\n'))?.[0];
    expect(range('old-2')).toBe('--src-range 198.19.0.12-198.19.0.13');
    expect(range('new-1')).toBe('--src-range 198.19.0.10-198.19.0.11');
  });

  it('lets the bridge be measured, between the two nodes that do', () => {
    const measure = (host: string) => rulesOf(host).lines.filter((line) => line.includes(`${MEASURE_PORT}`));
    expect(measure('new-1')).toEqual([
      `-A BIGSWITCH_BRIDGE -s 198.19.0.10/32 -d 198.19.0.12/32 -p tcp -m tcp --dport ${MEASURE_PORT} -j RETURN`,
    ]);
    for (const host of ['hub', 'old-1', 'old-2', 'new-2']) expect(measure(host)).toEqual([]);
  });

  it('lets nothing but pings in at the hub, which tracks no connection for that', () => {
    const lines = ['-p icmp -j RETURN', '-j DROP'].map((rule) => `-A BIGSWITCH_BRIDGE ${rule}`);
    expect(rulesOf('hub').lines).toEqual([...lines, '-A BIGSWITCH_THROUGH -j DROP']);
  });

  it('is there before the tunnel, now and at boot', () => {
    const { apply } = filterStep(plan(), hostRef(plan(), 'old-1'), 'openvpn-client@bigswitch.service');
    expect(apply).toContain('Before=openvpn-client@bigswitch.service');
    expect(apply.indexOf('iptables-restore')).toBeLessThan(apply.indexOf('systemctl'));
  });
});

/**
 * Hosts are network namespaces of this test's own, with the real iptables: one with the filter, `peer` at the other end of its
 * tunnel, and `bystander` in its network. What the fragments print comes back.
 */
function among(...fragments: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'bigswitch-filter-'));
  mkdirSync(join(folder, 'etc'));
  const listen = "require('node:net').createServer((c) => c.end('hi')).listen(Number(process.argv[1]), '0.0.0.0')";
  writeFileSync(join(folder, 'listen.js'), listen.replace('process.argv[1]', 'process.argv[2]'));
  const script = `
unshare -n sleep 60 & peer=$!
unshare -n sleep 60 & bystander=$!
trap 'kill $(jobs -p)' EXIT
until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
until [ "$(readlink /proc/$bystander/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
at_peer() { nsenter -t $peer -n "$@"; }
at_bystander() { nsenter -t $bystander -n "$@"; }
ip link set lo up
ip link add tun-bigswitch type veth peer name tun netns $peer
ip link add lan type veth peer name lan netns $bystander
ip addr add 198.19.0.10/24 dev tun-bigswitch
ip addr add 198.18.1.11/24 dev lan
ip link set tun-bigswitch up
ip link set lan up
at_peer ip link set tun up
for last in 1 11 12 13; do at_peer ip addr add 198.19.0.$last/24 dev tun; done
at_peer ip route add 198.18.1.0/24 via 198.19.0.10
at_bystander ip addr add 198.18.1.99/24 dev lan
at_bystander ip link set lan up
at_bystander ip route add 198.19.0.0/24 via 198.18.1.11
echo 1 >/proc/sys/net/ipv4/ip_forward
for port in 22 9200 9300 ${MEASURE_PORT}; do ${process.execPath} ${folder}/listen.js $port & done
nsenter -t $bystander -n ${process.execPath} ${folder}/listen.js 9200 &
for port in 22 9200 9300 ${MEASURE_PORT}; do until ss -Hltn "sport = :$port" | grep -q .; do sleep 0.05; done; done
until nsenter -t $bystander -n ss -Hltn 'sport = :9200' | grep -q .; do sleep 0.05; done
${fragments.map((fragment) => `(set -eu\n${fragment}\n)`).join('\n')}`;
  try {
    return execFileSync('unshare', [userInfo().uid === 0 ? '-n' : '-rn', 'bash', '-euc', script], {
      env: { ...process.env, PATH: `/usr/sbin:/sbin:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
    }).toString();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('with the real iptables, over a tunnel', () => {
  const EVERYTHING = [
    ...[22, 9200, 9300, MEASURE_PORT].map((port) => `12 198.19.0.10:${port}`),
    ...[22, 9200].map((port) => `12 198.18.1.11:${port}`),
    '11 198.19.0.10:9200',
    '1 198.19.0.10:9200',
    '12 198.18.1.99:9200',
  ];
  /** All at once, each from this address of the peer to that address and port. */
  const ask = `for (const one of ${JSON.stringify(EVERYTHING)}) {
  const [, last, host, port] = /(.*) (.*):(.*)/.exec(one);
  const socket = require('node:net').connect({ localAddress: '198.19.0.' + last, host, port: Number(port) });
  socket.on('data', () => console.log(one + ' yes')).on('error', () => undefined);
}
setTimeout(() => process.exit(0), 1500);`;
  const askAll = `at_peer ${process.execPath} - <<'EOF_ASK'\n${ask}\nEOF_ASK`;
  const answering = (out: string) => EVERYTHING.filter((one) => out.split('\n').includes(`${one} yes`));
  const redirect = loadRules(redirectRules(plan(), 'old-1'));

  it('without it a peer reaches whatever listens on a node, and the network behind it', () => {
    expect(answering(among(redirect, askAll))).toEqual(EVERYTHING);
  }, 60_000);

  it('with it a peer reaches Elasticsearch, and nothing else; a node of the own side reaches nothing', () => {
    const out = among(redirect, loadRules(rulesOf('old-1')), rulesAreLoaded(rulesOf('old-1')), askAll, 'echo end');
    expect(out).toMatch(/end\n$/);
    expect(answering(out)).toEqual([
      '12 198.19.0.10:9200',
      '12 198.19.0.10:9300',
      // What comes so was not redirected, and is for the same port at the same place.
      '12 198.18.1.11:9200',
    ]);
  }, 60_000);

  it('with it nothing of a hub is reached, nor what is behind it', () => {
    const out = among(loadRules(rulesOf('hub')), askAll, 'echo end');
    expect(out).toMatch(/end\n$/);
    expect(answering(out)).toEqual([]);
  }, 60_000);

  it('lets a node open connections to the other side', () => {
    const listen = `at_peer timeout 10 ${process.execPath} -e "require('node:net').createServer((c) => c.end('hi')).listen(9300, '198.19.0.12')" >/dev/null &
until at_peer ss -Hltn 'sport = :9300' | grep -q .; do sleep 0.05; done`;
    const dial = `timeout 3 bash -c 'exec 3<>/dev/tcp/198.19.0.12/9300; cat <&3'`;
    expect(among(loadRules(rulesOf('old-1')), `${listen}\n${dial}`)).toBe('hi');
  }, 60_000);

  it('takes out what is its own, and nothing else, also twice', () => {
    const foreign = 'iptables -A INPUT -s 198.18.9.9/32 -j DROP';
    const shown = 'iptables-save -t filter | grep -v -e "^#" -e "^:"';
    const rules = rulesOf('old-1');
    const out = among(foreign, loadRules(rules), loadRules(rules), removeRules(rules), removeRules(rules), shown);
    expect(out).toBe('*filter\n-A INPUT -s 198.18.9.9/32 -j DROP\nCOMMIT\n');
  }, 60_000);
});
