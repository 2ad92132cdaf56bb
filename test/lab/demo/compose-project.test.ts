import { parse } from 'yaml';
import { overrideYaml } from '../../../lab/demo/compose-project';

test('compose is told our ports and the networks of the lab, and keeps its own', () => {
  const text = overrideYaml({ temporal: 17233, ui: 18080, grafana: 13000 });
  expect(text).toContain("ports: !override ['127.0.0.1:17233:7233']");
  const { services, networks } = parse(text, { logLevel: 'silent' }) as Record<string, Record<string, object>>;
  expect(services).toMatchObject({
    grafana: { ports: ['127.0.0.1:13000:3000'] },
    ui: { ports: ['127.0.0.1:18080:8080'] },
    door: {
      image: 'bigswitch-demo-worker',
      environment: { BIGSWITCH_DOOR_HOSTS: '127.0.0.1:18080,127.0.0.1:8080' },
    },
    worker: { image: 'bigswitch-demo-worker', networks: ['bigswitch-lab-1-old', 'bigswitch-lab-2-new'] },
  });
  expect(networks).toEqual({ 'bigswitch-lab-1-old': { external: true }, 'bigswitch-lab-2-new': { external: true } });
});
