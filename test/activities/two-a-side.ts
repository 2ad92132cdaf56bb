import { parsePlan } from '../../src/plan/parse';
import { minimalPlan } from '../plan/minimal';

const node = (name: string, address: string) => ({ name, address });

/** A plan of two old and two new hosts. @param bridge what it says of the bridge beside the network */
export function twoASide(bridge: Record<string, unknown> = {}) {
  const base = minimalPlan();
  return parsePlan({
    ...base,
    bridge: { cidr: '198.19.0.0/24', ...bridge },
    hosts: {
      ...base.hosts,
      old: [node('old-1', '198.18.1.11'), node('old-2', '198.18.1.12')],
      new: [node('new-1', '198.18.2.11'), node('new-2', '198.18.2.12')],
    },
  });
}
