/** One `_cluster/reroute` move. */
export interface Move {
  index: string;
  shard: number;
  from: string;
  to: string;
  bytes: number;
}

/** Names a move in a set. */
export function moveKey(move: Pick<Move, 'index' | 'shard' | 'from' | 'to'>): string {
  return `${move.index}/${move.shard}:${move.from}>${move.to}`;
}

/** Names a shard on a node in a set. */
export function arrivalKey({ index, shard, to }: Pick<Move, 'index' | 'shard' | 'to'>): string {
  return `${index}/${shard}>${to}`;
}
