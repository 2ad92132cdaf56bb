import type { Check } from '../../../contract/evidence';
import { canBeElected, holdsShards, preferredTiers, tierInUse, tiersOf } from '../../../elasticsearch/settings/roles';
import type { IndexInfo } from '../../../elasticsearch/settings/settings';
import { list } from '../../../text/format';
import { failed, judged, refused } from '../check';
import type { NodeKind, Sides } from './node-kinds';

/** What ends with the last node of a role; a role that is not here is compared all the same. */
const ENDS: Record<string, string> = {
  ingest: 'requests that name a pipeline fail',
  ml: 'machine learning jobs stop',
  transform: 'transforms stop',
  remote_cluster_client: 'searches in other clusters and what follows them fail',
};
/** Tier of whatever has no wish of its own, since 7.16. */
const DEFAULT_TIER = 'data_content';

/** Whether the new side can do whatever the old one does. Pure. */
export function roleChecks(sides: Sides, indices: IndexInfo[]): Check[] {
  return [
    ...judged('node-roles', roles(sides), 'the new nodes have each role that the old ones have'),
    ...judged('data-tiers', tiers(sides, indices), 'each tier in which an index lies is on both sides'),
  ];
}

function roles({ old, fresh }: Sides): Check[] {
  const has = (side: NodeKind[], role: string) => side.some((node) => node.roles.includes(role));
  const canLead = fresh.some((node) => canBeElected(node.roles));
  const others = [...new Set(old.flatMap((node) => node.roles))].filter(
    (role) => role !== 'master' && role !== 'voting_only' && !role.startsWith('data'),
  );
  const lacks = others.filter((role) => !has(fresh, role)).sort();
  return [
    ...(canLead ? [] : [refused('node-roles', 'master', 'no new node can be elected master', give('master'))]),
    ...(fresh.some((node) => holdsShards(node.roles))
      ? []
      : [refused('node-roles', 'data', 'no new node holds data', give('data'))]),
    ...lacks.map((role) => {
      const names = old.filter((node) => node.roles.includes(role)).map((node) => node.nodeName);
      const ends = ENDS[role] === undefined ? '' : `; when the last of them is stopped, ${ENDS[role]}`;
      const remedy = `${give(role)}; or waive this check if nothing needs it`;
      return failed('node-roles', role, `${list(names)} have the role ${role}, and no new node has it${ends}`, remedy);
    }),
  ];
}

function give(role: string): string {
  return `give new hosts the role ${role} (node.roles in elasticsearch.yml of each, or for all alike in elasticsearch.newNodeSettings)`;
}

function tiers({ old, fresh }: Sides, indices: IndexInfo[]): Check[] {
  const isThere = (side: NodeKind[], tier: string) => side.some((node) => tiersOf(node.roles).includes(tier));
  const used = new Map<string, string[]>(isThere(old, DEFAULT_TIER) ? [[DEFAULT_TIER, []]] : []);
  const drawn = new Map<string, string[]>();
  for (const { name, settings } of indices) {
    if (preferredTiers(settings).length === 0) continue;
    const [now, then] = [tierInUse(settings, old), tierInUse(settings, [...old, ...fresh])];
    if (now !== undefined) used.set(now, [...(used.get(now) ?? []), name]);
    if (then !== undefined && then !== now) drawn.set(then, [...(drawn.get(then) ?? []), name]);
  }
  const missing = [...used].filter(([tier]) => !isThere(fresh, tier));
  return [
    ...missing.map(([tier, names]) => {
      const lie = names.length > 0 ? `${names.length} indices lie there (${list(names)})` : 'new indices go there';
      const remedy = `${give(tier)}; or let other tiers stand in index.routing.allocation.include._tier_preference of these indices first`;
      return refused('data-tiers', tier, `no new node is of the tier ${tier}: ${lie}`, remedy);
    }),
    ...[...drawn].map(([tier, names]) => {
      const seen = `${names.length} indices (${list(names)}) prefer the tier ${tier}, of which only new nodes are: every copy would go there as soon as they join, and none could stay on the old side`;
      const remedy = `give new hosts the role ${tier} when the migration is over; or take it out of index.routing.allocation.include._tier_preference of these indices until then`;
      return refused('data-tiers', tier, seen, remedy);
    }),
  ];
}
