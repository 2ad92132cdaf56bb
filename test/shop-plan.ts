import type { PlanInput } from '../src/plan/schema';

/** A plan with one old and two new hosts and one app, none of which has to be there. */
export const SHOP: PlanInput = {
  version: 1,
  name: 'shop',
  elasticsearch: { clusterName: 'shop' },
  ssh: { privateKey: 'file:/keys/id', knownHosts: 'file:/keys/known_hosts' },
  bridge: { cidr: '198.19.0.0/24' },
  hosts: {
    hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5' },
    old: [{ name: 'old-1', address: '198.18.1.11' }],
    new: [
      { name: 'new-1', address: '198.18.2.11' },
      { name: 'new-2', address: '198.18.2.12' },
    ],
    apps: [
      {
        name: 'app-1',
        address: '198.18.1.201',
        config: { path: '/etc/shop.yaml', format: 'yaml', set: { urls: '{{urls}}' } },
        restart: 'true',
        check: 'true',
      },
    ],
  },
  front: {
    certificate: { chain: '/etc/front.crt', key: '/etc/front.key' },
    auth: { username: 'shop', password: 'env:FRONT_PASSWORD' },
  },
};
