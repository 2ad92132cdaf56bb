import { familyOf } from '../../../hosts/family';
import { quote } from '../../../hosts/script';
import { crossPeers, type HostRef } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { BRIDGE_DEVICE } from '../../bridge/device';
import { chooseDataFolders, countEntries, findShard } from '../../nodes/data-folders';
import { appScript, type FrontChain } from './app-script';

/** Where hosts keep the ledgers of all migrations. */
const LEDGERS = '/var/lib/bigswitch';
/** Seconds for which opened connections are counted. */
export const OPENS_SECONDS = 2;

/** Commands that a host must have; openvpn, openssl and haproxy are installed when they are missing. */
function needed(host: HostRef): string[] {
  const { services, jobs } = familyOf(host);
  const every = ['flock', 'base64', 'sha256sum'];
  const network = [...every, 'ip', 'ss', 'ping'];
  switch (host.role) {
    case 'hub':
      return [...network, ...services.manager.commands, 'iptables-restore'];
    case 'old':
    case 'new':
      return [...network, 'bash', ...services.manager.commands, ...jobs.commands, 'iptables-restore'];
    case 'app':
      return [...every, 'bash', 'curl'];
  }
}

/** Commands that packages bring. */
export function packaged(host: HostRef): string[] {
  const { openvpn, haproxy } = familyOf(host).software;
  if (host.role === 'app') return [];
  return [...openvpn.install.commands, ...(host.role === 'new' ? haproxy.install.commands : [])];
}

/** Every line is `key=value`; text from the host goes in base64, so that none of it can pass for another fact. */
const HEAD = `say() { printf '%s=%s\\n' "$1" "$(printf '%s' "$2" | tr '\\n' ' ')"; }
file() { if [ -f "$2" ] && [ -r "$2" ]; then say "$1" "$(base64 -w0 <"$2")"; else say "$1" -; fi; }
say begin "$(date +%s.%N)"
say uid "$(id -u)"
`;

const TAIL = `say end "$(date +%s.%N)"
`;

/**
 * Everything that preflight asks one host, as one script that changes nothing.
 * @param chains for an app host: the certificates of the fronts, which it is to trust
 */
export function preflightScript(plan: Plan, host: HostRef, chains: FrontChain[] = []): string {
  return [HEAD, everyHost(host), byRole(plan, host, chains), TAIL].join('');
}

function byRole(plan: Plan, host: HostRef, chains: FrontChain[]): string {
  switch (host.role) {
    case 'hub':
      return network(host) + packetFilter(['filter']);
    case 'old':
      return network(host) + packetFilter(['filter', 'nat']) + traffic(plan, host) + elasticsearch(plan, host);
    case 'new':
      return [
        ...[network(host), packetFilter(['filter', 'nat']), traffic(plan, host), elasticsearch(plan, host)],
        ...[dataFolders(plan), certificate(plan), haproxy(host)],
      ].join('');
    case 'app': {
      const app = plan.hosts.apps.find((one) => one.name === host.name);
      return app ? appScript(plan, app, chains) : '';
    }
  }
}

function everyHost(host: HostRef): string {
  const installs = [familyOf(host).packages.manager.command, ...packaged(host)];
  return `for folder in ${LEDGERS}/*/; do if [ -d "$folder" ]; then say leftover "\${folder%/}"; fi; done
if [ -L ${LEDGERS}/claim ]; then
  say claim "$(readlink ${LEDGERS}/claim)"
  say claimed $(($(date +%s) - $(stat -c %Y ${LEDGERS}/claim)))
fi
if [ -n "\${SUDO_USER:-}" ]; then
  if defaults=$(sudo -n -l -U "$SUDO_USER" 2>/dev/null); then
    logs=$(printf '%s\n' "$defaults" | grep -oiE '!?log_(input|output|stdin|stdout|ttyin|ttyout)' | sort -u)
    say sudo-log "\${logs:-none}"
  else say sudo-log unknown; fi
fi
for folder in / /etc /usr /var/lib; do say free "$folder $(df -Pk "$folder" | awk 'END { print $4 }')"; done
for command in ${needed(host).join(' ')}; do command -v "$command" >/dev/null || say lacks "$command"; done
for command in ${installs.join(' ')}; do if command -v "$command" >/dev/null; then say has "$command"; fi; done
`;
}

function network(host: HostRef): string {
  return `say services "$(${familyOf(host).services.manager.stateScript})"
if [ -c /dev/net/tun ] && (: <>/dev/net/tun) 2>/dev/null; then say tun yes; else say tun no; fi
if [ -e /sys/class/net/${BRIDGE_DEVICE} ]; then say device yes; else say device no; fi
if command -v ip >/dev/null; then
  ip -4 -o addr show | awk '{ sub("/.*", "", $4); print "address=" $4 }'
  if routes=$(ip -4 route show); then
    say routes read
    printf '%s\\n' "$routes" | sed 's/^/route=/'
  fi
fi
if command -v ss >/dev/null; then
  ss -Hltn | awk '{ print "tcp=" $4 }'
  ss -Hlun | awk '{ print "udp=" $4 }'
  say sockets read
fi
`;
}

/** Whether rules can be read; that alone makes the kernel track nothing. */
function packetFilter(tables: string[]): string {
  const read = tables.map((table) => `iptables -w 5 -t ${table} -S`).join(' && ');
  return `if ! command -v iptables >/dev/null; then say iptables absent
elif problem=$({ ${read}; } 2>&1 >/dev/null); then say iptables usable
else say iptables "$problem"; fi
`;
}

/** The way to each cross peer, and how much there would be to track. */
function traffic(plan: Plan, { name }: HostRef): string {
  return `for peer in ${crossPeers(plan, name)
    .map(({ address }) => address)
    .join(' ')}; do
  if why=$(ip -4 route get "$peer" 2>&1); then say reach "$peer yes"; else say reach "$peer $why"; fi
done
tracks() { cat "/proc/sys/net/netfilter/nf_conntrack_$1" 2>/dev/null || echo -; }
say conntrack "$(tracks count) $(tracks max)"
opens() { awk '/^Tcp: [0-9]/ { printf "%.0f", $6 + $7 }' /proc/net/snmp; }
before=$(opens) && sleep ${OPENS_SECONDS} && after=$(opens)
if [ -n "$before" ] && [ -n "$after" ]; then say opened $((after - before)); fi
say open "$(cat /proc/net/sockstat /proc/net/sockstat6 2>/dev/null | awk '/^TCP6?:/ { sum += $3 + $7 } END { print sum + 0 }')"
`;
}

function elasticsearch(plan: Plan, host: HostRef): string {
  const { service, configFile } = plan.elasticsearch;
  return `${familyOf(host).services.seenScript(service)}
file config ${quote(configFile)}
`;
}

/** How many entries each data folder has, and in which of them a shard lies. */
function dataFolders(plan: Plan): string {
  return `${chooseDataFolders(plan)}
for folder; do
  if [ ! -d "$folder" ]; then say data "absent $folder"
  elif ls -A "$folder" >/dev/null; then
    say data "$(${countEntries('"$folder"')}) $folder"
    if [ -n "$(${findShard('"$folder"')})" ]; then say shards "$folder"; fi
  else say data "unreadable $folder"; fi
done
`;
}

function certificate(plan: Plan): string {
  const { chain, key } = plan.front.certificate;
  // Only the public half of the key leaves the host. An empty passphrase keeps openssl from asking for one.
  return `file chain ${quote(chain)}
if [ ! -f ${quote(key)} ]; then say key absent
elif ! command -v openssl >/dev/null; then say key unknown
elif public=$(openssl pkey -in ${quote(key)} -passin pass: -pubout 2>/dev/null); then say key "$(printf '%s\\n' "$public" | base64 -w0)"
else say key unusable; fi
`;
}

/** The version that is there, else the one that would be installed by what the host knows now; and its service. */
function haproxy(host: HostRef): string {
  return `if command -v haproxy >/dev/null; then say haproxy "$(haproxy -v 2>&1 | head -n 1)"
elif offer=$(${familyOf(host).packages.offerScript('haproxy')}); then say haproxy "$offer"; fi
say front-service "$({ ${familyOf(host).software.haproxy.serviceScript}
} | base64 -w0)"
`;
}
