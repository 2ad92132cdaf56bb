import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../../contract/failures';
import type { NodeCounts } from '../../elasticsearch/generations';
import type { ClusterNode } from '../../elasticsearch/looks/nodes';
import type { Scope } from '../../elasticsearch/scope';
import { flat } from '../../elasticsearch/settings/node-settings';
import { mayVote, RolesUnclear, rolesIn, tiersOf } from '../../elasticsearch/settings/roles';
import { flattenConfig } from '../../hosts/app-config/yaml/edit';
import { editText, readHostFile } from '../../hosts/read-file';
import { hostRef, plannedNodes } from '../../plan/hosts';

/**
 * Nodes of each kind among so many. One of which nothing is known counts as each: a full restart then waits a while longer,
 * instead of going on without it.
 * @param all how many nodes there are
 * @param known roles of those of which they are known
 */
function countNodes(all: number, known: readonly (readonly string[])[]): NodeCounts {
  const without = (has: (roles: readonly string[]) => boolean) => all - known.filter((roles) => !has(roles)).length;
  const holdsData = (roles: readonly string[]) => tiersOf(roles).length > 0;
  return {
    data: without(holdsData),
    master: without(mayVote),
    dataOrMaster: without((roles) => holdsData(roles) || mayVote(roles)),
  };
}

/**
 * Nodes that stay when others have gone.
 * @param staying how many stay, of any kind
 * @param nodes those in the cluster; what is not of the plan does not count
 */
export function countStaying({ plan }: Scope, staying: number, nodes: ClusterNode[]): NodeCounts {
  const ours = new Set(plannedNodes(plan).map(({ nodeName }) => nodeName));
  return countNodes(
    staying,
    nodes.filter(({ name }) => ours.has(name)).map(({ roles }) => roles),
  );
}

/**
 * Nodes of both sides. What has not joined yet is what its own file will make of it.
 * @param nodes those in the cluster
 * @param major version of Elasticsearch
 * @throws ApplicationFailure StepFailed (no retry) when a new host's file can't be read as roles
 */
export async function countBothSides(scope: Scope, nodes: ClusterNode[], major: number): Promise<NodeCounts> {
  const planned = plannedNodes(scope.plan);
  const known: (readonly string[])[] = [];
  for (const { host, nodeName, side } of planned) {
    const member = nodes.find(({ name }) => name === nodeName);
    if (member) known.push(member.roles);
    else if (side === 'new') known.push(await rolesToCome(scope, host, major));
  }
  return countNodes(planned.length, known);
}

async function rolesToCome({ plan, hosts }: Scope, host: string, major: number): Promise<string[]> {
  const { configFile, newNodeSettings } = plan.elasticsearch;
  const text = await readHostFile(hosts, hostRef(plan, host), configFile);
  const own = editText(host, configFile, () => flattenConfig(text));
  try {
    return rolesIn({ ...flat(Object.fromEntries(own)), ...flat(newNodeSettings) }, major);
  } catch (error) {
    if (!(error instanceof RolesUnclear)) throw error;
    const said = `${host}: what its node will be is not known: ${configFile}: ${error.message}; correct it, then send resume`;
    throw ApplicationFailure.nonRetryable(said, FAILURES.STEP_FAILED);
  }
}
