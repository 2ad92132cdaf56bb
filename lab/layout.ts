import { holdsData, isSecured, servesApps, shapeOf, type NodeSettings } from './shapes';
import type { LabHost, LabOptions } from './types';

/**
 * The two networks of the lab, from the range reserved for network tests (RFC 2544). The engine numbers a host's
 * interfaces by the names of its networks: with these, eth0 is in the old network on every host that has it.
 */
export const NETWORKS = {
  old: {
    name: 'old',
    dockerName: 'bigswitch-lab-1-old',
    cidr: '198.18.1.0/24',
    prefix: '198.18.1',
    gateway: '198.18.1.1',
  },
  new: {
    name: 'new',
    dockerName: 'bigswitch-lab-2-new',
    cidr: '198.18.2.0/24',
    prefix: '198.18.2',
    gateway: '198.18.2.1',
  },
} as const;

/** Compose project; everything of the lab carries its label. */
export const PROJECT = 'bigswitch-lab';
/** Compose project of `scripts/demo --compose`: nothing of a person's own project of docker-compose.yml is touched. */
export const DEMO_PROJECT = 'bigswitch-demo';
/** Name of the cluster that is moved. */
export const CLUSTER_NAME = 'shop';
/** Port of Elasticsearch's HTTP on every node of the lab. */
export const HTTP_PORT = 9200;
/** Number of app hosts. */
export const APP_HOSTS = 2;

/**
 * Checks what a person asked for.
 * @throws Error that says which option is wrong and what it may be
 */
export function checkOptions(options: LabOptions): void {
  const whole = (name: string, value: number, min: number, max: number) => {
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new Error(`--${name} is ${value}; use a whole number from ${min} to ${max}`);
    }
  };
  whole('old', options.old, 1, 50);
  whole('new', options.new, 1, 50);
  whole('docs', options.docs, 1_000, 10_000_000);
  whole('rate', options.rate, 1, 1_000);
  const { nodes, name } = shapeOf(options.shape);
  for (const side of ['old', 'new'] as const) {
    if (nodes && options[side] < nodes[side]) {
      throw new Error(`--${side} is ${options[side]}; shape "${name}" needs ${nodes[side]} nodes there, or more`);
    }
  }
  if (!/^[789]\.\d+\.\d+$/.test(options.es)) {
    throw new Error(`--es is "${options.es}"; use a full version such as 7.17.28 or 8.17.0`);
  }
}

/** Every host of the lab with its addresses: hub, old, new, apps, in this order. */
export function layoutHosts(options: Pick<LabOptions, 'old' | 'new' | 'shape'>): LabHost[] {
  const shape = shapeOf(options.shape);
  const host = (
    name: string,
    role: LabHost['role'],
    addresses: LabHost['addresses'],
    { sshUser = 'root', settings = {} }: { sshUser?: LabHost['sshUser']; settings?: NodeSettings } = {},
  ): LabHost => ({ name, role, addresses, container: `${PROJECT}-${name}`, sshUser, settings });
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const at = (side: 'old' | 'new', last: number) => `${NETWORKS[side].prefix}.${last}`;
  return [
    host('hub', 'hub', { old: at('old', 5), new: at('new', 5) }),
    ...(['old', 'new'] as const).flatMap((side) =>
      numbers(options[side]).map((i) =>
        host(
          `${side}-${i}`,
          side,
          { [side]: at(side, 10 + i) },
          { settings: shape.settings(side, i - 1, options[side]) },
        ),
      ),
    ),
    ...numbers(APP_HOSTS).map((i) =>
      host(`app-${i}`, 'app', { old: at('old', 200 + i), new: at('new', 200 + i) }, { sshUser: 'deploy' }),
    ),
  ];
}

/** Name of the bridge interface of a network on this machine. */
export function bridgeName(side: 'old' | 'new'): string {
  return `bswlab-${side}`;
}

/**
 * The address by which this machine reaches a host.
 * @throws Error when the host has none, which the layout never makes
 */
export function addressOf(host: LabHost): string {
  const address = host.addresses.old ?? host.addresses.new;
  if (address === undefined) throw new Error(`host ${host.name} has no address`);
  return address;
}

/** URLs of the old nodes that apps ask before the move. */
export function appEndpoints(hosts: LabHost[]): string[] {
  return urlsOf(hostsOf(hosts, 'old').filter(({ settings }) => servesApps(settings)));
}

/** URLs of Elasticsearch on these hosts. */
export function urlsOf(hosts: LabHost[]): string[] {
  return hosts.map(urlOf);
}

/** URL of Elasticsearch on a host. */
export function urlOf(host: LabHost): string {
  return `${isSecured(host.settings) ? 'https' : 'http'}://${addressOf(host)}:${HTTP_PORT}`;
}

/** Old nodes that hold data. */
export function oldDataNodes(hosts: LabHost[]): LabHost[] {
  return hostsOf(hosts, 'old').filter(({ settings }) => holdsData(settings));
}

/** Hosts of one role. */
export function hostsOf(hosts: LabHost[], role: LabHost['role']): LabHost[] {
  return hosts.filter((host) => host.role === role);
}
