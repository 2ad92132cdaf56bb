import { bridgeName, NETWORKS, PROJECT } from './layout';
import { shapeOf } from './shapes';
import { BACKUPS } from './shapes/plugins';
import type { LabHost, LabOptions } from './types';

/** Images of the kinds of host, as `docker build` tagged them. */
export interface LabImages {
  host: string;
  node: string;
  /** A node with a plugin and what belongs to it. */
  plugged: string;
  app: string;
}

/** What the compose file is made from. */
export interface ComposeInput {
  hosts: LabHost[];
  images: LabImages;
  options: Pick<LabOptions, 'docs' | 'shape'>;
}

/** Old nodes and apps come before a new node's starting JVM when the processors are short. */
const CPU_SHARES: Record<LabHost['role'], number> = { hub: 2048, app: 2048, old: 1536, new: 1024 };
/** Name of the disk that every node sees, where there is one. */
const SHARED = 'backups';
/** uid and gid of `elasticsearch` in the image. */
const ES_ID = 980;

/** Size of a node's data disk in MiB: 2 GiB, or more for many documents. */
export function diskMiB(docs: number): number {
  return Math.max(2048, Math.ceil(docs / 100_000) * 512);
}

/**
 * The compose file of the lab, as an object for JSON.
 *
 * A node's data lies on a disk of its own (a sized tmpfs volume), so that it can be filled without touching this
 * machine. Such a volume lives as long as a container holds it: `disks` holds them all, so that a host can be rebooted.
 */
export function composeFile({ hosts, images, options }: ComposeInput): Record<string, unknown> {
  const nodes = hosts.filter(({ role }) => role === 'old' || role === 'new');
  const { plugged = false } = shapeOf(options.shape);
  const shared = plugged ? [SHARED] : [];
  const o = `size=${diskMiB(options.docs)}m,mode=0750,uid=${ES_ID},gid=${ES_ID}`;
  const disk = { driver: 'local', driver_opts: { type: 'tmpfs', device: 'tmpfs', o } };
  return {
    name: PROJECT,
    networks: Object.fromEntries(
      Object.values(NETWORKS).map(({ name, dockerName, cidr, gateway }) => [
        name,
        {
          name: dockerName,
          driver: 'bridge',
          driver_opts: { 'com.docker.network.bridge.name': bridgeName(name) },
          ipam: { config: [{ subnet: cidr, gateway }] },
        },
      ]),
    ),
    volumes: Object.fromEntries([...nodes.map(({ name }) => volume(name)), ...shared].map((name) => [name, disk])),
    services: {
      disks: {
        image: images.host,
        container_name: `${PROJECT}-disks`,
        network_mode: 'none',
        entrypoint: ['sleep', 'infinity'],
        init: true,
        stop_grace_period: '1s',
        volumes: [
          ...nodes.map(({ name }) => `${volume(name)}:/disks/${name}`),
          ...shared.map((name) => `${name}:/disks/${name}`),
        ],
      },
      ...Object.fromEntries(hosts.map((host) => [host.name, service(host, images, plugged)])),
    },
  };
}

function volume(host: string): string {
  return `data-${host}`;
}

function service(host: LabHost, images: LabImages, plugged: boolean): Record<string, unknown> {
  const isNode = host.role === 'old' || host.role === 'new';
  return {
    image: isNode ? (plugged ? images.plugged : images.node) : host.role === 'app' ? images.app : images.host,
    container_name: host.container,
    hostname: host.name,
    networks: Object.fromEntries(
      Object.entries(host.addresses).map(([side, address]) => [
        side,
        { ipv4_address: address, priority: side === 'old' ? 1000 : 500 },
      ]),
    ),
    cap_add: ['SYS_ADMIN', 'NET_ADMIN'],
    security_opt: ['seccomp=unconfined', 'apparmor=unconfined'],
    devices: ['/dev/net/tun:/dev/net/tun'],
    cgroup: 'host',
    tmpfs: ['/run', '/run/lock', '/tmp:exec,mode=1777'],
    volumes: [
      '/sys/fs/cgroup:/sys/fs/cgroup:rw',
      ...(isNode ? [`${volume(host.name)}:/var/lib/elasticsearch`] : []),
      ...(isNode && plugged ? [`${SHARED}:${BACKUPS}`] : []),
    ],
    sysctls: { 'net.ipv4.ip_forward': '0' },
    cpu_shares: CPU_SHARES[host.role],
    stop_grace_period: '10s',
    depends_on: ['disks'],
    restart: 'no',
  };
}
