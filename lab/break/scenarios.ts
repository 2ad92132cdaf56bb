import { ALL_HOSTS, NODES, type BreakOptions, type Scenario } from './scenario';
import { PRODUCT_SCENARIOS } from './product-scenarios';
import { SSH_SCENARIOS } from './ssh-scenarios';

const FILLER = '/var/lib/elasticsearch/lab-filler';
/** Port of the bridge in the lab's plan, the product's default. */
const BRIDGE_PORT = 1194;

/** Adds or removes rules at the head of a chain; the comment makes them ours and nobody else's. */
function rules(action: 'add' | 'remove', name: string, specs: string[]): string {
  const mark = `-m comment --comment lab-${name}`;
  return specs
    .map((spec) => {
      const [chain, ...rest] = spec.split(' ');
      const rule = `${chain} ${mark} ${rest.join(' ')}`;
      return action === 'add'
        ? `iptables -w -C ${rule} 2>/dev/null || iptables -w -I ${rule}`
        : `while iptables -w -C ${rule} 2>/dev/null; do iptables -w -D ${rule}; done`;
    })
    .join('\n');
}

const cutTunnel = ['udp', 'tcp'].flatMap((protocol) =>
  ['INPUT', 'OUTPUT'].flatMap((chain) =>
    ['--sport', '--dport'].map((port) => `${chain} -p ${protocol} ${port} ${BRIDGE_PORT} -j DROP`),
  ),
);

function loss({ percent = 5 }: BreakOptions): string[] {
  const chance = `-m statistic --mode random --probability ${(percent / 100).toFixed(4)} -j DROP`;
  return [`INPUT ! -i lo ${chance}`, `OUTPUT ! -o lo ${chance}`];
}

/** Every scenario of `scripts/lab break`, but for `reboot`, which the engine does. */
export const SCENARIOS: Scenario[] = [
  {
    name: 'kill-node',
    summary: 'kill Elasticsearch with SIGKILL; it stays down until undone',
    roles: NODES,
    breaking: () => 'systemctl kill --kill-whom=all --signal=KILL elasticsearch',
    undoing: () => 'systemctl reset-failed elasticsearch 2>/dev/null || true\nsystemctl start elasticsearch',
  },
  {
    name: 'cut-tunnel',
    summary: `drop every packet of the bridge (port ${BRIDGE_PORT})`,
    roles: ['hub', 'old', 'new'],
    defaultSeconds: 30,
    breaking: () => rules('add', 'cut-tunnel', cutTunnel),
    undoing: () => rules('remove', 'cut-tunnel', cutTunnel),
  },
  {
    name: 'loss',
    summary: 'lose some of the packets that come and go',
    percent: { about: 'packets lost', usual: 5 },
    roles: ALL_HOSTS,
    defaultSeconds: 30,
    breaking: (options) => rules('add', 'loss', loss(options)),
    undoing: (options) => rules('remove', 'loss', loss(options)),
  },
  {
    name: 'fill-disk',
    summary: 'fill the data disk up to 97 %, above every watermark, or as full as --percent says',
    percent: { about: 'how full', usual: 97 },
    roles: NODES,
    breaking: ({ percent = 97 }) =>
      `mountpoint -q /var/lib/elasticsearch || { echo "the data has no disk of its own here" >&2; exit 1; }
read -r size free < <(df -B1 --output=size,avail /var/lib/elasticsearch | tail -1)
fill=$((free - size * ${100 - percent} / 100))
[ $fill -le 0 ] || [ -e ${FILLER} ] || fallocate -l $fill ${FILLER}`,
    undoing: () => `rm -f ${FILLER}`,
  },
  {
    name: 'kill-haproxy',
    summary: 'kill HAProxy with SIGKILL (its unit may start it again)',
    roles: ['new'],
    breaking: () => 'systemctl kill --kill-whom=all --signal=KILL haproxy',
    undoing: () => 'systemctl reset-failed haproxy 2>/dev/null || true\nsystemctl start haproxy',
  },
  ...SSH_SCENARIOS,
  ...PRODUCT_SCENARIOS,
];

/** The script that breaks a host; when it is to undo itself, that is armed before anything is broken. */
export function breakScript(scenario: Scenario, options: BreakOptions): string {
  const { seconds } = options;
  const unit = `lab-undo-${scenario.name}`;
  const arm =
    seconds === undefined
      ? ''
      : `systemctl stop ${unit}.timer 2>/dev/null || true
cat >/run/${unit}.sh <<'UNDO'
${scenario.undoing(options)}
rm -f /run/${unit}.sh
UNDO
systemd-run --quiet --collect --unit=${unit} --on-active=${seconds} --timer-property=AccuracySec=100ms bash /run/${unit}.sh
`;
  return `set -e\n${arm}${scenario.breaking(options)}\n`;
}

/** The script that undoes a scenario now. */
export function undoScript(scenario: Scenario, options: BreakOptions): string {
  const unit = `lab-undo-${scenario.name}`;
  return `set -e\nsystemctl stop ${unit}.timer 2>/dev/null || true\nrm -f /run/${unit}.sh\n${scenario.undoing(options)}\n`;
}
