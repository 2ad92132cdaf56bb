import { planSchema, type Plan } from '../../src/plan/schema';

/** The plan of the fixture: three old hosts, three new ones, two apps. */
export function planFixture(change: { name?: string; waive?: string[]; report?: Record<string, unknown> } = {}): Plan {
  const node = (side: number) => (number: number) => ({
    name: `${side === 1 ? 'old' : 'new'}-${number}`,
    address: `198.18.${side}.${10 + number}`,
  });
  const app = (number: number) => ({
    name: `app-${number}`,
    address: `198.18.1.${200 + number}`,
    config: { path: '/etc/shop/config.yaml', format: 'yaml', set: { 'elasticsearch.endpoints': '{{urls}}' } },
    restart: 'systemctl restart shop',
    check: 'curl -fsS http://127.0.0.1:8080/health',
  });
  return planSchema.parse({
    version: 1,
    name: change.name ?? 'shop-to-own-account',
    elasticsearch: { clusterName: 'shop' },
    ssh: { privateKey: 'file:/keys/id_ed25519', knownHosts: 'file:/keys/known_hosts' },
    bridge: {},
    hosts: {
      hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5' },
      old: [1, 2, 3].map(node(1)),
      new: [1, 2, 3].map(node(2)),
      apps: [1, 2].map(app),
    },
    front: {
      certificate: { chain: '/etc/ssl/front.crt', key: '/etc/ssl/front.key' },
      auth: { username: 'shop', password: 'env:FRONT_PASSWORD' },
    },
    waive: change.waive ?? ['clock-skew:old-2'],
    report: { folder: 'out', monthlyCostOld: 2310, monthlyCostNew: 810, ...change.report },
  });
}
