import { bytes as showBytes, list } from '../../text/format';
import type { Picture } from '../looks/picture';
import { place, type Side } from './placement';
import type { ShardCopy } from './table';

/**
 * Copies that find no place on a side when the planner places them, largest first: what is free in all says nothing where no
 * node has room enough for one, and no two copies of a shard share a node. Pure.
 * @param coming copies that have to go there; what lies or arrives there already is in the table
 */
export function withoutPlace(
  coming: ShardCopy[],
  to: Side,
  { table, nodes, limits }: Pick<Picture, 'table' | 'nodes' | 'limits'>,
): ShardCopy[] {
  const wishes = coming.map((copy, i) => ({ copy: { ...copy, node: copy.node ?? `nowhere-${i}` }, to }));
  const free = {
    ...limits,
    movesPerNode: Infinity,
    strict: true,
    refused: new Set<string>(),
    aside: new Set<string>(),
  };
  const placed = place(wishes, table, nodes, free);
  const isPlaced = ({ index, shard, node }: ShardCopy) =>
    placed.some((move) => move.index === index && move.shard === shard && move.from === node);
  return wishes.flatMap(({ copy }, i) => (isPlaced(copy) ? [] : (coming[i] ?? [])));
}

/** Names copies with their size, the largest first. */
export function sayCopies(copies: ShardCopy[]): string {
  const largest = [...copies].sort((a, b) => b.bytes - a.bytes);
  return list(largest.map(({ index, shard, bytes }) => `${index}/${shard} (${showBytes(bytes)})`));
}
