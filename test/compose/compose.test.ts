import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, any>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean }>;
};
const services = Object.entries(compose.services);
const runOnce = ['schema', 'namespace'];

describe('docker-compose.yml', () => {
  test.each(services)('%s has a pinned image', (_name, service) => {
    expect(service.image).toMatch(/:v?\d+\.\d[^:]*$/);
  });

  test.each(services)('%s binds its ports to loopback only', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test.each(services)(
    '%s mounts folders of this machine read-only, and has no secret in its environment',
    (_name, service) => {
      for (const volume of service.volumes ?? []) {
        if ((volume as string).startsWith('.')) expect(volume).toMatch(/:ro$/);
      }
      for (const [key, value] of Object.entries(service.environment ?? {})) {
        if (/PASS|PWD|SECRET|TOKEN/.test(key)) expect(value).toMatch(/^\/run\/secrets\//);
      }
    },
  );

  test.each(services.filter(([name]) => !runOnce.includes(name)))(
    '%s is started again when it ends',
    (_name, service) => {
      expect(service.restart).toBe('unless-stopped');
    },
  );

  test('what lasts is in named volumes', () => {
    const named = services
      .flatMap(([, service]) => (service.volumes ?? []) as string[])
      .filter((volume) => !/^[./]/.test(volume));
    expect(named.map((volume) => volume.split(':')[0]).sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('the database and the server are watched, the worker by its image', () => {
    expect(compose.services['database'].healthcheck.test).toBeDefined();
    expect(compose.services['temporal'].healthcheck.test).toBeDefined();
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m);
  });

  // Each of these kept a real start from becoming healthy.
  describe('a first start', () => {
    const { database, temporal } = compose.services;

    test('does not take the server that sets the database up for the one that stays', () => {
      expect(database.healthcheck.test).toContain('--host=127.0.0.1');
    });

    test('gives the server, which is in several networks, an address for its own parts', () => {
      expect(temporal.networks.length).toBeGreaterThan(1);
      expect(temporal.environment).toMatchObject({ BIND_ON_IP: '0.0.0.0', TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' });
    });

    test.each(['namespace', 'ui'])('lets %s give up soon what no DNS server answers', (name) => {
      expect(compose.services[name].dns_opt).toEqual(['timeout:1', 'attempts:1']);
    });

    test('does not let the health check of the worker ask DNS for more than an address', () => {
      expect(read('deploy/worker-health.js')).toContain("'grpc.service_config_disable_resolution': 1");
    });
  });

  test.each(services)('%s can change no file of its image, has no right of root, and bounds', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.privileged ?? service.cap_add ?? service.pid ?? service.ipc).toBeUndefined();
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
  });

  test('nobody on this machine is the user of what has a secret, and none has a default', () => {
    const own = (name: string) => `\${BIGSWITCH_${name}:?run deploy/prepare first}`;
    expect(compose.services['worker'].user).toBe(`${own('UID')}:${own('GID')}`);
    for (const name of ['schema', 'temporal', 'namespace']) {
      expect(compose.services[name].user).toBe(`${own('SERVER_UID')}:\${BIGSWITCH_SERVER_UID}`);
      // Programs of Go ask who they are, and end when neither /etc/passwd nor the environment says so.
      expect(compose.services[name].environment).toMatchObject({ USER: 'temporal', HOME: '/tmp' });
    }
    for (const name of ['ui', 'door']) {
      expect(compose.services[name].user).toBe(`${own('UI_UID')}:\${BIGSWITCH_UI_UID}`);
    }
    expect(compose.services['database'].user).toBe('postgres');
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
  });

  describe('networks', () => {
    const on = (name: string) =>
      services.filter(([, { networks }]) => (networks ?? []).includes(name)).map(([service]) => service);

    test('who has the keys is not beside the database, and has its way out alone', () => {
      expect(on('store')).toEqual(['database', 'schema', 'temporal']);
      expect(on('hosts')).toEqual(['worker']);
      const worker = compose.services['worker'].networks as string[];
      expect(worker.filter((name) => on(name).includes('database'))).toEqual([]);
    });

    test('only what has a bound port, and the worker, is in a network with a way out', () => {
      const open = Object.entries(compose.networks).filter(([, network]) => network.internal !== true);
      const there = open.flatMap(([name]) => on(name));
      const bound = services.filter(([, { ports }]) => ports !== undefined).map(([name]) => name);
      expect([...new Set(there)].sort()).toEqual([...bound, 'worker'].sort());
    });

    test('what shows figures reaches no server of Temporal', () => {
      for (const name of ['prometheus', 'grafana']) {
        for (const network of compose.services[name].networks) expect(on(network)).not.toContain('temporal');
      }
    });
  });

  describe('doors', () => {
    test('the server has no HTTP API', () => {
      expect(compose.services['temporal'].environment.FRONTEND_HTTP_PORT).toBe('0');
      expect(parse(read('deploy/temporal/dynamic-config.yaml'))).toMatchObject({
        'frontend.httpAllowedHosts': [{ value: [' '] }],
        'system.enableNexus': [{ value: false }],
      });
    });

    test('the UI listens where only the door is, and the door knows it by the port that is bound', () => {
      const { ui, door } = compose.services;
      const config = parse(read('deploy/temporal/ui/bigswitch.yaml')) as { host: string; port: number };
      expect([config.host, String(config.port)]).toEqual(['127.0.0.1', door.environment.BIGSWITCH_DOOR_TO]);
      expect(door.network_mode).toBe('service:ui');
      const [, outer, inner] = ui.ports[0].split(':');
      expect(inner).toBe(door.environment.BIGSWITCH_DOOR_PORT);
      expect(door.environment.BIGSWITCH_DOOR_HOSTS.split(',')).toContain(`127.0.0.1:${outer}`);
      expect(door.command).toEqual(['node', 'dist/doors/main.js']);
    });

    test('each of them is watched', () => {
      for (const name of ['database', 'temporal', 'ui', 'door']) {
        expect(compose.services[name].healthcheck.test).toBeDefined();
      }
    });
  });

  test('secrets are in a folder that git ignores and no build sees', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/deploy\/secrets\//);
    expect(read('.gitignore').split('\n')).toContain('deploy/secrets/');
    const ignored = read('.dockerignore').split('\n');
    expect(ignored[1]).toBe('*');
    expect(ignored.filter((line) => line.includes('secrets'))).toEqual([]);
  });

  test('every file of this repository that it or the Dockerfile names is there', () => {
    const mounted = services.flatMap(([, service]) => (service.volumes ?? []) as string[]);
    expect(mounted.filter((volume) => volume.startsWith('./deploy/temporal:'))).toHaveLength(4);
    for (const name of ['schema.sh', 'server.sh', 'namespace.sh', 'dynamic-config.yaml']) {
      expect(read('docker-compose.yml')).toContain(`/deploy/${name}`);
      expect(read(`deploy/temporal/${name}`)).not.toBe('');
    }
    for (const volume of mounted.filter((one) => one.startsWith('./') && !one.startsWith('./deploy/secrets/'))) {
      expect([volume, existsSync(join(root, volume.split(':')[0] ?? ''))]).toEqual([volume, true]);
    }
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(allowed).toContain(path);
  });
});
