import { readExclusions } from '../../elasticsearch/settings/exclusions';
import { lookAtRest } from '../../elasticsearch/looks/picture';
import { reachSide } from '../../elasticsearch/looks/reach';
import type { PlannedNode } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';

/**
 * What keeps a node from being called drained, asked of the other side: green, nothing in motion, no pending tasks, a
 * complete shard table, no copy on the node or on its way there, and the exclusion in force so that none can come.
 */
export async function drainedProblems(scope: Scope, node: PlannedNode, asked: 'old' | 'new'): Promise<string[]> {
  const { client } = await reachSide(scope, asked);
  const { table, problems } = await lookAtRest(client);
  const here = table.filter((copy) => copy.node === node.nodeName || copy.movingTo === node.nodeName);
  if (here.length > 0) problems.push(`${here.length} shards are on ${node.nodeName}`);
  if (!(await readExclusions(client)).includes(node.nodeName)) problems.push(`${node.nodeName} is not excluded`);
  return problems;
}
