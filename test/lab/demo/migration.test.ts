import { askedReplicas } from '../../../lab/demo/migration';
import { indexChecks } from '../../../src/activities/preflight/cluster/indices';
import type { IndexInfo } from '../../../src/elasticsearch/settings/settings';
import { parsePlan } from '../../../src/plan/parse';
import { sidesOf } from '../../activities/preflight/cluster/sides';
import { minimalPlan } from '../../plan/minimal';

describe('what a refusal asks for', () => {
  const tooMany = (name: string): IndexInfo => ({
    name,
    open: true,
    settings: { 'index.number_of_shards': '2', 'index.number_of_replicas': '9' },
  });
  const plan = parsePlan(minimalPlan());
  const replicas = plan.hosts.new.length - 1;

  it('is read from the very words of preflight', () => {
    const checks = indexChecks(plan, [tooMany('customers'), tooMany('orders-2024')], [], sidesOf(plan));
    const message = checks.map(({ subject, remedy }) => `- ${subject}: it does not fit. To do: ${remedy}`).join('\n');
    expect(askedReplicas(message)).toEqual({ customers: { replicas }, 'orders-2024': { replicas } });
  });

  it('is nothing when another thing is refused', () => {
    expect(askedReplicas('- old-1: ssh: the host does not answer. To do: start it')).toEqual({});
  });
});
