import type { PlanInput } from '../../../src/plan/schema';
import { Dice } from '../random';

/** A random plan: node counts, apps, approvers, times; only from its seed. @param size most old and most new nodes */
export function randomPlan(seed: number, size: number): PlanInput {
  const dice = new Dice(seed, 'plan');
  const names = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind}-${i + 1}`);
  const old = names('old', dice.whole(1, size));
  const fresh = names('new', dice.whole(1, size));
  const apps = names('app', dice.whole(1, 3));
  const gates = (['big-switch', 'drain', 'teardown'] as const).filter(() => dice.is(0.15));
  return {
    version: 1,
    name: 'shop',
    elasticsearch: { clusterName: 'shop' },
    ssh: { privateKey: 'file:/run/key', knownHosts: 'file:/run/known_hosts' },
    bridge: {},
    hosts: {
      hub: { name: 'hub', addressForOld: '198.18.1.5', addressForNew: '198.18.2.5' },
      old: old.map((name, i) => ({ name, address: `198.18.1.${11 + i}` })),
      new: fresh.map((name, i) => ({ name, address: `198.18.2.${11 + i}` })),
      apps: apps.map((name, i) => ({
        ...{ name, address: `198.18.1.${201 + i}`, restart: 'restart', check: 'check', checkSeconds: 30 },
        config: { path: '/etc/shop.yaml', format: 'yaml' as const, set: { nodes: '{{urls}}' } },
      })),
    },
    front: { certificate: { chain: '/f.crt', key: '/f.key' }, auth: { username: 'shop', password: 'env:PASSWORD' } },
    gates: { approvalMinutes: dice.oneOf([5, 30, 120]), twoApprovers: gates },
    switch: { batch: dice.whole(1, 2), watchSeconds: dice.oneOf([1, 30, 600]) },
    sampleSeconds: dice.oneOf([60, 600]),
    ...(dice.is(0.1)
      ? { notify: { webhooks: [{ name: 'chat', url: 'env:CHAT', on: ['gate-opened', 'blocked', 'run-ended'] }] } }
      : {}),
  };
}
