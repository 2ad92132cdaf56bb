import type { Check } from '../../../contract/evidence';
import type { ClusterNode } from '../../../elasticsearch/looks/nodes';
import {
  attributesIn,
  hiddenAttributes,
  shownToFilters,
  type NodeAttributes,
} from '../../../elasticsearch/settings/filters';
import { flat, type NodeSettings } from '../../../elasticsearch/settings/node-settings';
import { RolesUnclear, rolesIn } from '../../../elasticsearch/settings/roles';
import { flattenConfig } from '../../../hosts/app-config/yaml/edit';
import { fileText } from '../../../hosts/read-file';
import { plannedNode, plannedNodes, type PlannedNode } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import { failed, refused } from '../check';
import type { NewHost } from './hosts';

/** What a node is, as far as it decides what may lie on it, who may vote, and which requests it serves. */
export interface NodeKind {
  host: string;
  nodeName: string;
  roles: string[];
  /** What allocation filters see of it. */
  attributes: NodeAttributes;
  /** Everything that was set for the node itself, flat. */
  settings: Record<string, string>;
}

/** Both sides, each node with what it is or will be. */
export interface Sides {
  old: NodeKind[];
  fresh: NodeKind[];
}

/** The old nodes, by what each says of itself. @param told settings of every node's own */
export function oldKinds(plan: Plan, nodes: ClusterNode[], told: NodeSettings[]): NodeKind[] {
  return plannedNodes(plan).flatMap((planned) => {
    const node = planned.side === 'old' && nodes.find(({ name }) => name === planned.nodeName);
    if (!node) return [];
    const settings = told.find(({ name }) => name === node.name)?.settings ?? {};
    return [kindOf(planned, node.roles, settings)];
  });
}

/**
 * The new nodes as they will join, each by its own host's file and what join will set in it. One of which that can't be told is a
 * failed check, and is not among them.
 * @param version of the cluster, which the new nodes are to have too
 */
export function newKinds(plan: Plan, hosts: NewHost[], version: string): { kinds: NodeKind[]; checks: Check[] } {
  const kinds: NodeKind[] = [];
  const checks: Check[] = [];
  for (const look of hosts) {
    try {
      const settings = settingsOf(plan, look);
      const roles = rolesIn(settings, Number.parseInt(version, 10));
      kinds.push(kindOf(plannedNode(plan, look.host), roles, settings));
      checks.push(...hiddenChecks(look.host, settings));
    } catch (error) {
      checks.push(unclear(plan, look.host, error as Error));
    }
  }
  return { kinds, checks };
}

function unclear(plan: Plan, host: string, error: Error): Check {
  const { configFile } = plan.elasticsearch;
  const isRoles = error instanceof RolesUnclear;
  const seen = `what its node will be is not known: ${configFile}${isRoles ? ':' : ''} ${error.message}`;
  const alone = `write \`node.roles: [...]\` into ${configFile} of ${host} and nothing else of roles, with those that this node is to have`;
  return refused('node-roles', host, seen, isRoles ? alone : `correct ${configFile} of ${host}`);
}

function settingsOf(plan: Plan, { config }: NewHost): Record<string, string> {
  if (config === undefined) throw new Error('is not there, or can not be read');
  return {
    // What Elasticsearch sets by itself where it speaks https, unless told otherwise.
    ...(plan.elasticsearch.https && { 'http.compression': 'false' }),
    ...flat(Object.fromEntries(flattenConfig(fileText(config)))),
    ...flat(plan.elasticsearch.newNodeSettings),
  };
}

function kindOf({ host, nodeName, address }: PlannedNode, roles: string[], settings: Record<string, string>): NodeKind {
  const attributes = shownToFilters(nodeName, address, roles, attributesIn(settings));
  return { host, nodeName, roles, attributes, settings };
}

/** An attribute that can't be seen counts as none, which lets in what excludes it. */
function hiddenChecks(host: string, settings: Record<string, string>): Check[] {
  const hidden = hiddenAttributes(settings);
  if (hidden.length === 0) return [];
  const list = hidden.map(([key, value]) => `${key} is "${value}"`).join(', ');
  const seen = `${list}, which only the environment of its service can tell`;
  const remedy = 'write the value there; or waive this check if no allocation filter and no awareness asks for it';
  return [failed('node-attributes', host, seen, remedy)];
}
