import { unpackPlaces, type ShardCopy, type Places } from '../contract/places';
import type { HostView } from './hosts';

/** What a cell of the shard map is: a started copy, one on its way out or in, or one that is being made. */
export type CellKind = 'primary' | 'replica' | 'moving' | 'arriving' | 'starting';

/** One copy of one shard on one node. */
export interface Cell {
  index: string;
  shard: number;
  primary: boolean;
  kind: CellKind;
  /** Node that it moves to or comes from. */
  other?: string;
  bytes: number;
}

/** The cells of one node. */
export interface NodeCells {
  node: string;
  side: 'old' | 'new' | 'other';
  cells: Cell[];
  /** Bytes of the copies that it holds; those on their way in are not counted. */
  bytes: number;
}

/** Where the shards are, as both seats draw it. */
export interface ShardMap {
  /** Old nodes, then new ones, as in the plan; then those that the plan doesn't know. */
  nodes: NodeCells[];
  unassigned: ShardCopy[];
  /** Shard groups with started copies on the old side only, on both, on the new only, and with none. */
  groups: { old: number; both: number; new: number; none: number };
  copies: number;
  /** Copies that are not in the picture because there are too many. */
  omitted: number;
}

/** Draws the map of where the copies are; cells are in the order of index and shard, so that they hold still. */
export function shardMap(places: Places, hosts: readonly HostView[]): ShardMap {
  const sides = new Map<string, 'old' | 'new'>();
  for (const { node, role } of hosts)
    if (node !== undefined && (role === 'old' || role === 'new')) sides.set(node, role);
  const byNode = new Map<string, NodeCells>(
    [...sides].map(([node, side]) => [node, { node, side, cells: [], bytes: 0 }]),
  );
  const at = (node: string) => {
    const known: NodeCells = byNode.get(node) ?? { node, side: sides.get(node) ?? 'other', cells: [], bytes: 0 };
    byNode.set(node, known);
    return known;
  };
  const copies = unpackPlaces(places).sort(byIndexAndShard);
  for (const copy of copies) {
    const { index, shard, primary, bytes, node, movingTo } = copy;
    if (node === undefined) continue;
    const own = at(node);
    own.bytes += bytes;
    own.cells.push({ index, shard, primary, bytes, kind: kindOf(copy), ...(movingTo && { other: movingTo }) });
    if (movingTo) at(movingTo).cells.push({ index, shard, primary, bytes, kind: 'arriving', other: node });
  }
  return {
    nodes: [...byNode.values()],
    unassigned: copies.filter((copy) => copy.node === undefined),
    groups: countGroups(copies, sides),
    copies: copies.length,
    omitted: places.omitted ?? 0,
  };
}

function byIndexAndShard(one: ShardCopy, other: ShardCopy): number {
  if (one.index !== other.index) return one.index < other.index ? -1 : 1;
  return one.shard - other.shard || Number(other.primary) - Number(one.primary);
}

function kindOf({ state, primary }: ShardCopy): CellKind {
  if (state === 'RELOCATING') return 'moving';
  if (state === 'INITIALIZING') return 'starting';
  return primary ? 'primary' : 'replica';
}

function countGroups(copies: readonly ShardCopy[], sides: Map<string, 'old' | 'new'>): ShardMap['groups'] {
  const seen = new Map<string, { old: boolean; new: boolean }>();
  for (const copy of copies) {
    const key = `${copy.index}/${copy.shard}`;
    const on = seen.get(key) ?? { old: false, new: false };
    seen.set(key, on);
    // A copy that moves away still serves where it is.
    const serves = copy.state === 'STARTED' || copy.state === 'RELOCATING';
    const side = copy.node === undefined ? undefined : sides.get(copy.node);
    if (serves && side) on[side] = true;
  }
  const groups = { old: 0, both: 0, new: 0, none: 0 };
  for (const on of seen.values()) {
    groups[on.old && on.new ? 'both' : on.old ? 'old' : on.new ? 'new' : 'none'] += 1;
  }
  return groups;
}
