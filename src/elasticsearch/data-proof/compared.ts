import type { GateName } from '../../contract/phases';
import type { ShardCopy } from '../../contract/places';
import { groupShards, type ShardGroup } from '../shards/table';
import { plannedNode, plannedNodes } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';

/** Two copies of one shard that are read side by side; by the names of their nodes. */
export interface Pair {
  group: ShardGroup;
  left: string;
  right: string;
}

/** What a gate's data proof looks at. */
export interface Compared {
  between: [string, string];
  /** Shards in question with more than one copy: the figures of all their copies are compared. */
  groups: ShardGroup[];
  /** Two copies of each that has one on both sides: their documents are compared. */
  pairs: Pair[];
  /** Shards in question that have one copy only. */
  onlyCopies: number;
}

/**
 * What is compared for a gate: before the big switch the old side with the new one, before a drain its node with the new
 * side, before teardown each primary with another copy. Pure.
 */
export function whatIsCompared(plan: Plan, gate: GateName, table: ShardCopy[]): Compared {
  const nodes = plannedNodes(plan);
  const on = (side: 'old' | 'new') => new Set(nodes.flatMap((node) => (node.side === side ? [node.nodeName] : [])));
  const fresh = on('new');
  const groups = groupShards(table);
  if (gate === 'teardown') {
    const primary = (group: ShardGroup) => group.copies.find((copy) => copy.primary && serves(copy))?.node;
    return paired(groups, ['each primary', 'another copy'], primary, () => true);
  }
  if (gate === 'big-switch') {
    const old = on('old');
    return paired(groups, ['the old side', 'the new side'], nodeIn(old), (node) => fresh.has(node));
  }
  const { host, nodeName } = plannedNode(plan, gate.slice('drain:'.length));
  const here = groups.filter((group) => group.copies.some((copy) => copy.node === nodeName));
  return paired(here, [host, 'the new side'], nodeIn(new Set([nodeName])), (node) => fresh.has(node));
}

function nodeIn(names: Set<string>): (group: ShardGroup) => string | undefined {
  return (group) => group.copies.find((copy) => serves(copy) && names.has(copy.node ?? ''))?.node;
}

function serves({ state }: ShardCopy): boolean {
  return state === 'STARTED' || state === 'RELOCATING';
}

function paired(
  groups: ShardGroup[],
  between: [string, string],
  leftOf: (group: ShardGroup) => string | undefined,
  isRight: (node: string) => boolean,
): Compared {
  const pairs = groups.flatMap((group): Pair[] => {
    const left = leftOf(group);
    const right = group.copies.find((copy) => serves(copy) && copy.node !== left && isRight(copy.node ?? ''))?.node;
    return left === undefined || right === undefined ? [] : [{ group, left, right }];
  });
  const several = groups.filter((group) => group.copies.length > 1);
  return { between, groups: several, pairs, onlyCopies: groups.length - several.length };
}
