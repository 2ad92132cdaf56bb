import type { Check } from '../../../contract/evidence';
import type { ClusterSettings, IndexInfo } from '../../../elasticsearch/settings/settings';
import { holdsShards } from '../../../elasticsearch/settings/roles';
import { groupShards, type ShardCopy } from '../../../elasticsearch/shards/table';
import type { Plan } from '../../../plan/schema';
import { diskChecks, type NewHost } from './hosts';
import { homesOf, wantedReplicas } from './indices';
import type { NodeKind, Sides } from './node-kinds';

/** What some new nodes have to take, because nobody else may. */
export interface Need {
  /** Hosts of these nodes. */
  homes: string[];
  copies: number;
  bytes: number;
  /** Bytes of the largest shard. */
  largest: number;
}

/** New nodes that will hold shards. */
export function dataNodes(fresh: NodeKind[]): NodeKind[] {
  return fresh.filter(({ roles }) => holdsShards(roles));
}

/**
 * What the new nodes that hold data have to take: all of them together first, then each set of them to which tiers or filters
 * bind indices. Pure.
 */
export function needsOf(plan: Plan, indices: IndexInfo[], table: ShardCopy[], sides: Sides): Need[] {
  const all = dataNodes(sides.fresh).map(({ host }) => host);
  const byName = new Map(indices.map((index) => [index.name, index]));
  const homes = new Map(indices.map((index) => [index.name, homesOf(index, sides).map(({ host }) => host)]));
  const groups = groupShards(table).map((group) => {
    const index = byName.get(group.index);
    const bytes = Math.max(...group.copies.map((copy) => copy.bytes));
    return {
      homes: homes.get(group.index) ?? all,
      copies: index ? 1 + wantedReplicas(plan, index) : group.copies.length,
      bytes,
    };
  });
  const sets = new Map([all, ...homes.values()].filter((set) => set.length > 0).map((set) => [set.join(), set]));
  return [...sets.values()].map((set) => {
    const bound = set === all ? groups : groups.filter((group) => group.homes.every((host) => set.includes(host)));
    return {
      homes: set,
      copies: bound.reduce((sum, { copies }) => sum + copies, 0),
      bytes: bound.reduce((sum, { copies, bytes }) => sum + copies * bytes, 0),
      largest: Math.max(0, ...bound.map(({ bytes }) => bytes)),
    };
  });
}

/** Whether the disks of the new nodes that hold data can take it, also where tiers or filters bind it to some of them. Pure. */
export function roomChecks(seen: NewHost[], settings: ClusterSettings, needs: Need[]): Check[] {
  const checks = needs.flatMap(({ homes, bytes, largest }) =>
    diskChecks(
      seen.filter(({ host }) => homes.includes(host)),
      settings,
      bytes,
      largest,
    ),
  );
  const wrong = new Map(checks.filter(({ result }) => result !== 'ok').map((one) => [one.subject + one.seen, one]));
  return wrong.size > 0 ? [...wrong.values()] : checks.slice(0, 1);
}
