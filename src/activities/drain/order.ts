import { readNodes } from '../../elasticsearch/looks/nodes';
import { reachCluster } from '../../elasticsearch/looks/reach';
import { readVoting } from '../../elasticsearch/quorum';
import { familyOf } from '../../hosts/family';
import { hostRef, plannedNodes } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';

/**
 * Old hosts in the order in which they are drained: the plan's, elected master last. Left out is only what is gone for
 * good: not in the cluster, and its service stopped and disabled. A node that merely crashed, or whose host can't be
 * asked, stays in the list, so that it is seen to.
 */
export async function orderOfDrains(scope: Scope): Promise<string[]> {
  const { client } = await reachCluster(scope, 'new');
  const present = new Set((await readNodes(client)).map((node) => node.name));
  const { master } = await readVoting(client);
  const waiting: string[] = [];
  const last: string[] = [];
  for (const node of plannedNodes(scope.plan).filter((one) => one.side === 'old')) {
    if (node.nodeName === master) last.push(node.host);
    else if (present.has(node.nodeName) || !(await isStoppedForGood(scope, node.host))) waiting.push(node.host);
  }
  return [...waiting, ...last];
}

async function isStoppedForGood(scope: Scope, host: string): Promise<boolean> {
  const { service } = scope.plan.elasticsearch;
  const ref = hostRef(scope.plan, host);
  const { services } = familyOf(ref);
  try {
    const { code, stdout } = await scope.hosts.read(ref, services.bothScript(service));
    return code === 0 && services.saysOff(stdout);
  } catch {
    return false;
  }
}
