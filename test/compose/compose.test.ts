import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, any>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
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

    test('gives the server, which is in two networks, an address for its own parts', () => {
      expect(temporal.networks).toHaveLength(2);
      expect(temporal.environment).toMatchObject({ BIND_ON_IP: '0.0.0.0', TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1' });
    });

    test.each(['namespace', 'ui'])('lets %s give up soon what no DNS server answers', (name) => {
      expect(compose.services[name].dns_opt).toEqual(['timeout:1', 'attempts:1']);
    });

    test('does not let the health check of the worker ask DNS for more than an address', () => {
      expect(read('deploy/worker-health.js')).toContain("'grpc.service_config_disable_resolution': 1");
    });
  });

  test('the worker has no rights but to read its keys and to write its reports', () => {
    const worker = compose.services['worker'];
    expect(worker).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(read('Dockerfile')).toMatch(/^USER node$/m);
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
    expect(mounted.filter((volume) => volume.startsWith('./deploy/temporal:'))).toHaveLength(3);
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
