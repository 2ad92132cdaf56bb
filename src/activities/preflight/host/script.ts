import { asLogin, quote } from '../../../hosts/script';
import type { HostRef } from '../../../plan/hosts';
import type { AppHost, Plan } from '../../../plan/schema';
import { BRIDGE_DEVICE } from '../../bridge/device';

/** Where hosts keep the ledgers of all migrations. */
const LEDGERS = '/var/lib/bigswitch';
/** Connections that one app host tries side by side. */
const TRIES = 16;

/** Commands that every kind of host must have; openvpn, openssl and haproxy are installed when they are missing. */
export const COMMANDS: Record<HostRef['role'], string[]> = {
  hub: ['flock', 'base64', 'sha256sum', 'ip', 'ss', 'ping', 'systemctl'],
  old: ['flock', 'base64', 'sha256sum', 'ip', 'ss', 'ping', 'bash', 'systemctl', 'systemd-run', 'iptables-restore'],
  new: ['flock', 'base64', 'sha256sum', 'ip', 'ss', 'ping', 'bash', 'systemctl', 'systemd-run', 'iptables-restore'],
  app: ['flock', 'base64', 'sha256sum', 'bash', 'curl'],
};

/** Commands that packages bring, by kind of host. */
export const PACKAGED: Record<HostRef['role'], string[]> = {
  hub: ['openvpn', 'openssl'],
  old: ['openvpn', 'openssl'],
  new: ['openvpn', 'openssl', 'haproxy'],
  app: [],
};

/** Every line is `key=value`; text from the host goes in base64, so that none of it can pass for another fact. */
const HEAD = `say() { printf '%s=%s\\n' "$1" "$(printf '%s' "$2" | tr '\\n' ' ')"; }
file() { if [ -f "$2" ] && [ -r "$2" ]; then say "$1" "$(base64 -w0 <"$2")"; else say "$1" -; fi; }
say begin "$(date +%s.%N)"
say uid "$(id -u)"
`;

const TAIL = `say end "$(date +%s.%N)"
`;

/** Where a front's certificates lie, and what an app host is to verify them against. */
export interface FrontChain {
  host: string;
  address: string;
  /** PEM, the host's own certificate first. */
  chain: string;
}

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
      return network();
    case 'old':
      return network() + nat() + elasticsearch(plan);
    case 'new':
      return network() + nat() + elasticsearch(plan) + dataFolders(plan) + certificate(plan) + HAPROXY;
    case 'app': {
      const app = plan.hosts.apps.find((one) => one.name === host.name);
      return app ? appConfig(app) + appCommands(app) + appPaths(plan) + appTrust(plan, chains) : '';
    }
  }
}

function everyHost({ role }: HostRef): string {
  return `for folder in ${LEDGERS}/*/; do if [ -d "$folder" ]; then say leftover "\${folder%/}"; fi; done
if [ -L ${LEDGERS}/claim ]; then
  say claim "$(readlink ${LEDGERS}/claim)"
  say claimed $(($(date +%s) - $(stat -c %Y ${LEDGERS}/claim)))
fi
for folder in / /etc /usr /var/lib; do say free "$folder $(df -Pk "$folder" | awk 'END { print $4 }')"; done
for command in ${COMMANDS[role].join(' ')}; do command -v "$command" >/dev/null || say lacks "$command"; done
for command in ${['apt-get', ...PACKAGED[role]].join(' ')}; do if command -v "$command" >/dev/null; then say has "$command"; fi; done
`;
}

function network(): string {
  return `if [ -d /run/systemd/system ]; then say systemd "$(systemctl is-system-running 2>/dev/null)"; else say systemd absent; fi
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

function nat(): string {
  return `if ! command -v iptables >/dev/null; then say nat absent
elif problem=$(iptables -w 5 -t nat -S 2>&1 >/dev/null); then say nat usable
else say nat "$problem"; fi
`;
}

function elasticsearch(plan: Plan): string {
  const { service, configFile } = plan.elasticsearch;
  return `if command -v systemctl >/dev/null; then systemctl show -p LoadState -p ActiveState -p UnitFileState ${quote(service)}; fi
file config ${quote(configFile)}
`;
}

/** The folders of the plan, else those that the file names, else the package's. */
function dataFolders(plan: Plan): string {
  const planned = plan.elasticsearch.newNodeSettings['path.data'];
  const folders = planned === undefined ? [] : [planned].flat().map(String);
  const choose =
    folders.length > 0
      ? `set -- ${folders.map(quote).join(' ')}`
      : `set -- "$(sed -n 's/^path\\.data:[[:space:]]*//p' ${quote(plan.elasticsearch.configFile)} 2>/dev/null | tr -d "\\"'" | sed 's/[[:space:]]*$//' | head -n 1)"
[ -n "$1" ] || set -- /var/lib/elasticsearch`;
  return `${choose}
for folder; do
  if [ ! -d "$folder" ]; then say data "absent $folder"
  elif entries=$(ls -A "$folder"); then say data "$(printf '%s' "$entries" | grep -cvx -e lost+found -e '') $folder"
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

/** The version that is there, else the one that apt would install by what it knows now. */
const HAPROXY = `if command -v haproxy >/dev/null; then say haproxy "$(haproxy -v 2>&1 | head -n 1)"
elif command -v apt-cache >/dev/null; then say haproxy "$(LC_ALL=C apt-cache policy haproxy | grep -F Candidate:)"; fi
`;

function appConfig(app: AppHost): string {
  return `file app-config ${quote(app.config.path)}\n`;
}

/** First word of a command, without assignments before it. */
function firstWord(command: string): string {
  return (
    command
      .trim()
      .replace(/^([A-Za-z_][A-Za-z0-9_]*=\S*\s+)+/, '')
      .split(/[\s;|&<>()]/)[0] ?? ''
  );
}

/** Units that a command names to systemctl. */
function unitsIn(command: string): string[] {
  const found = /\bsystemctl\s+(?:-\S+\s+)*(?:try-)?(?:re)?(?:start|load)(?:-or-\w+)?\s+([A-Za-z0-9:_.@ -]+)/.exec(
    command,
  );
  return (found?.[1] ?? '').split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
}

function appCommands(app: AppHost): string {
  const commands = [app.restart, app.check, ...(app.stats === undefined ? [] : [app.stats])];
  const words = [...new Set(commands.map(firstWord).filter((word) => word !== ''))];
  const units = [...new Set(commands.flatMap(unitsIn))];
  const found = (word: string) => asLogin(`command -v ${quote(word)} >/dev/null`, 10);
  return `${words.map((word) => `${found(word)} || say lacks-app ${quote(word)}\n`).join('')}${units.map((unit) => `systemctl cat ${quote(unit)} >/dev/null 2>&1 || say no-unit ${quote(unit)}\n`).join('')}${asLogin(app.check, 20)} >/dev/null 2>&1; say check $?
`;
}

/** Whether old nodes can be reached, and whether packets to the fronts get an answer, be it a refusal. */
function appPaths(plan: Plan): string {
  const targets = [
    ...plan.hosts.old.map((host) => `old ${host.address} ${plan.elasticsearch.httpPort}`),
    ...plan.hosts.new.map((host) => `front ${host.address} ${plan.front.port}`),
  ];
  return `if command -v bash >/dev/null; then
  try='timeout 5 bash -c ": </dev/tcp/$2/$3" 2>/dev/null; echo "$1=$2 $?"'
  printf '%s\\n' ${targets.map(quote).join(' ')} | xargs -P ${TRIES} -L 1 sh -c "$try" try
fi
`;
}

function appTrust(plan: Plan, chains: FrontChain[]): string {
  const { caFile } = plan.front;
  const end = 'BIGSWITCH_END_OF_CHAIN';
  const anchors = caFile === undefined ? '' : `-no-CApath -CAfile ${quote(caFile)}`;
  const verify = chains
    .filter(({ chain }) => /^[A-Za-z0-9+/=\s-]+$/.test(chain) && !chain.includes(end))
    .map(
      ({
        host,
        address,
        chain,
      }) => `if why=$(openssl verify -purpose sslserver -verify_ip ${quote(address)} ${anchors} -untrusted /dev/fd/3 /dev/fd/4 2>&1 3<<'${end}' 4<<'${end}'
${chain}
${end}
${chain}
${end}
); then say trust ${quote(`${host} yes`)}; else say trust ${quote(host)}" $why"; fi
`,
    )
    .join('');
  return `${caFile === undefined ? '' : `file ca ${quote(caFile)}\n`}if command -v openssl >/dev/null; then :
${verify}else say trust unknown; fi
`;
}
