import type { PlanInput } from '../../../src/plan/schema';

/** A plan of 2 old, 2 new and 3 app hosts; the tests' world answers for all of them. */
export function planInput(change: Partial<PlanInput> = {}): PlanInput {
  const app = (i: number) => ({
    name: `app-${i}`,
    address: `198.18.1.20${i}`,
    config: { path: '/etc/shop/config.yaml', format: 'yaml' as const, set: { 'elasticsearch.nodes': '{{urls}}' } },
    restart: 'systemctl restart shop',
    check: 'curl -fsS http://127.0.0.1:8080/health',
  });
  return {
    version: 1,
    name: 'shop',
    elasticsearch: { clusterName: 'shop' },
    ssh: { privateKey: 'file:/run/secrets/key', knownHosts: 'file:/run/secrets/known_hosts' },
    bridge: {},
    hosts: {
      hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5' },
      old: [
        { name: 'old-1', address: '198.18.1.11' },
        { name: 'old-2', address: '198.18.1.12' },
      ],
      new: [
        { name: 'new-1', address: '198.18.2.11' },
        { name: 'new-2', address: '198.18.2.12' },
      ],
      apps: [app(1), app(2), app(3)],
    },
    front: {
      certificate: { chain: '/etc/ssl/front.crt', key: '/etc/ssl/front.key' },
      auth: { username: 'shop', password: 'env:FRONT_PASSWORD' },
    },
    switch: { batch: 1, watchSeconds: 1 },
    ...change,
  };
}
