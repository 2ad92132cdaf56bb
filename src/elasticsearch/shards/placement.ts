import type { Deciders } from './deciders';
import { arrivalKey, moveKey, type Move } from './moves';
import { groupShards, type ShardCopy, type ShardGroup } from './table';

/** One of the two sides. */
export type Side = 'old' | 'new';
const BOTH_SIDES: readonly Side[] = ['old', 'new'];

/** A data node as the planner sees it. */
export interface PlacementNode {
  name: string;
  side: Side;
  /** Bytes that may still be put on it, the watermark already subtracted. */
  freeBytes: number;
}

/** What bounds the plan. */
export interface PlacementLimits {
  /** Concurrent moves into one node. */
  movesPerNode: number;
  /** `index.routing.allocation.total_shards_per_node` by index; absent when unlimited. */
  totalShardsPerNode: Record<string, number>;
  /** `cluster.routing.allocation.total_shards_per_node`; absent when unlimited. */
  clusterShardsPerNode?: number;
  /** What the cluster is foreseen to say; absent where that is not known. */
  deciders?: Deciders;
  /** Whether a foreseen no is one: for a question, where nothing is asked of the cluster. */
  strict?: boolean;
  /** Moves that the cluster refused lately, as {@link moveKey}. */
  refused: ReadonlySet<string>;
  /** Where which shard did not arrive lately, as {@link arrivalKey}. */
  aside: ReadonlySet<string>;
}

/** A copy that must leave its node, and the side that it must go to. */
export interface Wish {
  copy: ShardCopy & { node: string };
  to: Side;
}

/**
 * Which copy of a group must move so that each side has one.
 * - None on the goal yet: the primary moves and the replicas stay, so each byte crosses once.
 * - All on the goal (an index made in the meantime): one replica moves back, so that the other side stays complete.
 * - On both, however it came about: nothing; any further move would only cross once more.
 * - No replica: the only copy stays where it is; it follows the apps when its node is drained.
 * @param goal the side that the data goes to: `new`, or `old` on the way back
 * @param needed sides that need a copy
 */
function wishOf(
  group: ShardGroup,
  sideOf: (node: string) => Side | undefined,
  goal: Side,
  needed: readonly Side[],
): Wish | undefined {
  if (group.copies.length < 2 || !isAtRest(group)) return undefined;
  const sides = group.copies.map((copy) => (copy.node === undefined ? undefined : sideOf(copy.node)));
  const leaving = (primary: boolean, to: Side) => {
    const copy = group.copies.find((one) => one.primary === primary);
    return copy?.node === undefined ? undefined : { copy: { ...copy, node: copy.node }, to };
  };
  const start = goal === 'new' ? 'old' : 'new';
  if (sides.every((side) => side === start)) return leaving(true, goal);
  if (needed.includes(start) && sides.every((side) => side === goal)) return leaving(false, start);
  return undefined;
}

/** Whether every copy is started: a group in motion is left alone. */
export function isAtRest(group: ShardGroup): boolean {
  return group.copies.every((copy) => copy.state === 'STARTED');
}

/**
 * Groups that replicate still has to see to: in motion, or not yet on each side that needs a copy. A node of nobody is on
 * neither.
 */
export function unreplicated(table: ShardCopy[], nodes: PlacementNode[], needed = BOTH_SIDES): ShardGroup[] {
  const sideOf = sideFinder(nodes);
  const isOn = (group: ShardGroup, side: Side) =>
    group.copies.some(({ node }) => node !== undefined && sideOf(node) === side);
  const isThere = (group: ShardGroup) => group.copies.length < 2 || needed.every((side) => isOn(group, side));
  return groupShards(table).filter((group) => !isAtRest(group) || !isThere(group));
}

/** Groups with more than one copy of which no started one is on this side. */
export function lackingOn(table: ShardCopy[], nodes: PlacementNode[], side: 'old' | 'new'): ShardGroup[] {
  const sideOf = sideFinder(nodes);
  const isThere = ({ node, state }: ShardCopy) => state === 'STARTED' && node !== undefined && sideOf(node) === side;
  return groupShards(table).filter((group) => group.copies.length > 1 && !group.copies.some(isThere));
}

/**
 * Moves that bring each shard group's primary to the goal and leave a copy on the other side, as many as may run now. Where
 * only the goal needs a copy, none is brought back.
 * Pure: the same picture gives the same plan; an empty plan with {@link unreplicated} groups means that nothing fits now.
 */
export function planMoves(
  table: ShardCopy[],
  nodes: PlacementNode[],
  limits: PlacementLimits,
  goal: Side = 'new',
  needed = BOTH_SIDES,
): Move[] {
  const sideOf = sideFinder(nodes);
  const wishes = groupShards(table).flatMap((group) => wishOf(group, sideOf, goal, needed) ?? []);
  return place(wishes, table, nodes, limits);
}

/** Moves that empty one node onto the given side, as many as may run now. @param only which of its copies; default: all */
export function planEmptying(
  table: ShardCopy[],
  node: string,
  to: Side,
  nodes: PlacementNode[],
  limits: PlacementLimits,
  only: (copy: ShardCopy) => boolean = () => true,
): Move[] {
  const wishes = groupShards(table)
    .filter(isAtRest)
    .flatMap((group) => group.copies.filter((copy) => copy.node === node && only(copy)))
    .map((copy) => ({ copy: { ...copy, node }, to }));
  return place(wishes, table, nodes, limits);
}

function sideFinder(nodes: PlacementNode[]): (node: string) => Side | undefined {
  const sides = new Map(nodes.map((node) => [node.name, node.side]));
  return (node) => sides.get(node);
}

/** What a node has, or is about to have. */
interface Load {
  node: PlacementNode;
  free: number;
  shards: number;
  weight: number;
  incoming: number;
  byIndex: Map<string, number>;
  groups: Set<string>;
}

/** Moves for as many wishes as may be fulfilled now, the largest copies first. Pure. */
export function place(wishes: Wish[], table: ShardCopy[], nodes: PlacementNode[], limits: PlacementLimits): Move[] {
  const loads = new Map(nodes.map((node) => [node.name, emptyLoad(node)]));
  for (const copy of table) {
    if (copy.node) carry(loads.get(copy.node), copy, copy.state === 'INITIALIZING');
    if (copy.movingTo) carry(loads.get(copy.movingTo), copy, true);
  }
  const homes = homesOf(table);
  const moves: Move[] = [];
  for (const { copy, to } of [...wishes].sort(largestFirst)) {
    const all = homes.get(groupOf(copy)) ?? [];
    const others = all.filter((node) => node !== copy.node);
    const isForeseen = ({ node }: Load) => limits.deciders?.allow(copy.index, all.length, others, node.name) ?? true;
    const move = (target: Load): Move => ({
      index: copy.index,
      shard: copy.shard,
      from: copy.node,
      to: target.node.name,
      bytes: copy.bytes,
    });
    const isOpen = (load: Load) =>
      !limits.refused.has(moveKey(move(load))) && !limits.aside.has(arrivalKey(move(load)));
    const open = [...loads.values()].filter(
      (load) => load.node.side === to && fits(load, copy, limits) && isOpen(load),
    );
    const foreseen = open.filter(isForeseen);
    // The cluster has the last word: what it is foreseen to refuse is asked for when there is nothing else.
    const [target] = (foreseen.length > 0 || limits.strict ? foreseen : open).sort((a, b) => compare(a, b, copy.index));
    if (!target) continue;
    // One that has to wait keeps its place: so the end does not depend on which move is over first.
    if (target.incoming < limits.movesPerNode) moves.push(move(target));
    carry(target, copy, true);
    homes.set(groupOf(copy), [...others, target.node.name]);
  }
  return moves;
}

/** Where each copy of a group is or is about to be; empty names for those that nobody holds. */
function homesOf(table: ShardCopy[]): Map<string, string[]> {
  const homes = new Map<string, string[]>();
  for (const copy of table) {
    const key = groupOf(copy);
    const nodes = homes.get(key) ?? [];
    nodes.push(copy.movingTo ?? copy.node ?? '');
    homes.set(key, nodes);
  }
  return homes;
}

function groupOf({ index, shard }: { index: string; shard: number }): string {
  return `${index}/${shard}`;
}

/** The small ones even out what the large ones left uneven; names make it the same each time. */
function largestFirst({ copy: a }: Wish, { copy: b }: Wish): number {
  return weight(b.bytes) - weight(a.bytes) || a.index.localeCompare(b.index) || a.shard - b.shard;
}

/** Smaller copies are moved in seconds and cost a node the same: they are spread by number. */
const SMALL_BYTES = 2 ** 30;

/**
 * What a copy counts for when loads are evened out: its bytes, rounded to a power of two, and at least those of a small one.
 * A shard that grows a little while the apps write is then placed where a dry run foresaw it.
 */
function weight(bytes: number): number {
  return 2 ** Math.round(Math.log2(Math.max(SMALL_BYTES, bytes)));
}

function emptyLoad(node: PlacementNode): Load {
  return { node, free: node.freeBytes, shards: 0, weight: 0, incoming: 0, byIndex: new Map(), groups: new Set() };
}

function carry(load: Load | undefined, copy: ShardCopy, arriving: boolean): void {
  if (!load) return;
  load.shards += 1;
  load.weight += weight(copy.bytes);
  load.byIndex.set(copy.index, (load.byIndex.get(copy.index) ?? 0) + 1);
  load.groups.add(groupOf(copy));
  if (!arriving) return;
  load.incoming += 1;
  load.free -= copy.bytes;
}

function fits(load: Load, copy: ShardCopy, limits: PlacementLimits): boolean {
  const indexLimit = limits.totalShardsPerNode[copy.index];
  return (
    load.free >= copy.bytes &&
    !load.groups.has(groupOf(copy)) &&
    (indexLimit === undefined || (load.byIndex.get(copy.index) ?? 0) < indexLimit) &&
    (limits.clusterShardsPerNode === undefined || load.shards < limits.clusterShardsPerNode)
  );
}

/** Spread each index first (limits per index bite there), then weights, then shards; names make it deterministic. */
function compare(a: Load, b: Load, index: string): number {
  return (
    (a.byIndex.get(index) ?? 0) - (b.byIndex.get(index) ?? 0) ||
    a.weight - b.weight ||
    a.shards - b.shards ||
    a.node.name.localeCompare(b.node.name)
  );
}
