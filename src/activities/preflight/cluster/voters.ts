import type { Check } from '../../../contract/evidence';
import type { ClusterNode } from '../../../elasticsearch/looks/nodes';
import { maySpare } from '../../../elasticsearch/quorum';
import type { Plan } from '../../../plan/schema';
import { failed, passed, warned } from '../check';

/**
 * Whether the new side outlives the loss of as many voters as the old one. Elasticsearch keeps their number odd: of two nodes
 * that may be elected one votes, and with that one nothing is written any more. Pure.
 */
export function voterCheck(plan: Plan, nodes: ClusterNode[]): Check {
  const old = nodes.filter(({ roles }) => roles.includes('master')).length;
  const fresh = plan.hosts.new.length;
  const [before, after] = [maySpare(old), maySpare(fresh)];
  if (after >= before) return passed('voters', `${fresh} new nodes can vote, and ${after} of them may be lost`);
  const seen = `after the big switch ${fresh} new nodes can vote, and ${after || 'none'} of them may be lost; now it is ${before} of ${old}`;
  const more = `add new hosts until there are ${2 * before + 1}`;
  if (after > 0) return warned('voters', '', seen, more);
  return failed('voters', '', seen, `${more}; or waive this check, and keep the new nodes from restarts until then`);
}
