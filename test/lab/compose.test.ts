import { composeFile, diskMiB } from '../../lab/compose';
import { layoutHosts } from '../../lab/layout';

interface Service {
  image: string;
  networks?: Record<string, { ipv4_address: string }>;
  cpu_shares: number;
  volumes: string[];
  privileged?: boolean;
  sysctls: Record<string, string>;
  cap_add: string[];
}

const images = { host: 'host:1', node: 'node:1', plugged: 'plugged:1', app: 'app:1' };
const make = (old: number, fresh: number, shape = 'plain') =>
  composeFile({ hosts: layoutHosts({ old, new: fresh, shape }), images, options: { docs: 100_000, shape } }) as {
    services: Record<string, Service>;
    volumes: Record<string, { driver_opts: { o: string } }>;
    networks: Record<string, { ipam: { config: { subnet: string }[] } }>;
  };

describe('composeFile', () => {
  it('has a service for every host, with its image and addresses', () => {
    const { services } = make(2, 3);
    expect(Object.keys(services)).toEqual([
      ...['disks', 'hub', 'old-1', 'old-2', 'new-1', 'new-2', 'new-3', 'app-1', 'app-2'],
    ]);
    expect(services.hub?.image).toBe('host:1');
    expect(services['old-2']?.image).toBe('node:1');
    expect(services['app-1']?.image).toBe('app:1');
    expect(services['old-2']?.networks).toEqual({ old: { ipv4_address: '198.18.1.12', priority: 1000 } });
    expect(Object.keys(services['app-1']?.networks ?? {})).toEqual(['old', 'new']);
  });

  it('gives nodes of shape plugins their own image, and a folder that all of them see', () => {
    const { services, volumes } = make(3, 3, 'plugins,secured');
    for (const name of ['old-1', 'new-3']) {
      expect(services[name]?.image).toBe('plugged:1');
      expect(services[name]?.volumes).toContain('backups:/var/backups/elasticsearch');
    }
    expect(services.hub?.volumes.join()).not.toContain('backups');
    expect(Object.keys(volumes)).toContain('backups');
    expect(Object.keys(make(3, 3).volumes)).not.toContain('backups');
  });

  it('attaches no old host to the new network and no new host to the old one', () => {
    const { services } = make(5, 5);
    for (const [name, { networks = {} }] of Object.entries(services)) {
      if (name.startsWith('old-')) expect(Object.keys(networks)).toEqual(['old']);
      if (name.startsWith('new-')) expect(Object.keys(networks)).toEqual(['new']);
    }
  });

  it('gives no host the right to forward, nor more than it needs', () => {
    const { services } = make(1, 1);
    for (const [name, service] of Object.entries(services)) {
      if (name === 'disks') continue;
      expect(service.sysctls['net.ipv4.ip_forward']).toBe('0');
      expect(service.cap_add).toEqual(['SYS_ADMIN', 'NET_ADMIN']);
      expect(service.privileged).toBeUndefined();
    }
  });

  it('puts apps and old nodes before new nodes when processors are short', () => {
    const { services } = make(1, 1);
    expect(services['old-1']?.cpu_shares).toBeGreaterThan(services['new-1']?.cpu_shares ?? 0);
    expect(services['app-1']?.cpu_shares).toBeGreaterThan(services['old-1']?.cpu_shares ?? 0);
  });

  it('keeps every data disk held while its host is rebooted', () => {
    const { services, volumes } = make(2, 1);
    expect(services.disks?.volumes).toEqual(
      Object.keys(volumes).map((volume) => `${volume}:/disks/${volume.slice(5)}`),
    );
    expect(services['new-1']?.volumes).toContain('data-new-1:/var/lib/elasticsearch');
  });
});

describe('diskMiB', () => {
  it('grows with the documents and is never below 2 GiB', () => {
    expect(diskMiB(20_000)).toBe(2048);
    expect(diskMiB(1_000_000)).toBe(5120);
  });
});
