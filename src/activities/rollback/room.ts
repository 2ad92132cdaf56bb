import { takePicture, type Picture } from '../../elasticsearch/looks/picture';
import { reachSide } from '../../elasticsearch/looks/reach';
import type { Scope } from '../../elasticsearch/scope';
import { FEWER_REPLICAS } from '../../contract/kept-record';
import { isRecorded, readLedger } from '../../elasticsearch/ledger/records';
import { expands, numberSetting, type IndexInfo } from '../../elasticsearch/settings/settings';
import { bytes as showBytes } from '../../text/format';
import { sayCopies, withoutPlace } from '../../elasticsearch/shards/room';
import { groupShards, type ShardCopy } from '../../elasticsearch/shards/table';
import { REPLICAS } from '../replicate/indices';

/** What keeps the old nodes from taking all copies of all shards, asked of an old node; each with what would help. */
export async function roomProblems(scope: Scope): Promise<string[]> {
  const { client } = await reachSide(scope, 'old');
  const picture = await takePicture(scope, client);
  return lacksRoom({ ...picture, table: [...picture.table, ...(await builtLater(scope, picture))] });
}

/** Copies that the plan took away: they are built anew once the new nodes are gone, and need room then. */
async function builtLater(scope: Scope, { table, indices }: Picture): Promise<ShardCopy[]> {
  const undone = (await readLedger(scope)).flatMap(({ id, undo }) => (id === FEWER_REPLICAS ? [undo] : []));
  const before = undone.filter((undo) => undo.kind === 'index-settings');
  const more = (index: IndexInfo) => {
    const had = Number(before.find((undo) => isRecorded(undo, index))?.originals[index.name]?.[REPLICAS] ?? 0);
    return Math.max(0, had - (numberSetting(index, REPLICAS) ?? 0));
  };
  return indices.flatMap((index) =>
    table
      .filter((copy) => copy.index === index.name && copy.primary)
      .flatMap((copy) => Array.from({ length: more(index) }, () => unplaced(copy))),
  );
}

const unplaced = ({ index, shard, bytes }: ShardCopy): ShardCopy => ({
  ...{ index, shard, bytes },
  primary: false,
  state: 'UNASSIGNED',
});

/** The same, of a picture. Pure. */
export function lacksRoom({ table, nodes, limits, indices }: Picture): string[] {
  const home = nodes.filter(({ side }) => side === 'old');
  const isHome = ({ node }: ShardCopy) => home.some(({ name }) => name === node);
  const shrinking = new Set(indices.filter(expands).map(({ name }) => name));
  // Copies of an index that follows the number of nodes go with the nodes.
  const groups = groupShards(table).map(({ index, copies }) => {
    const count = shrinking.has(index) ? Math.min(copies.length, home.length) : copies.length;
    // A copy that is not there yet will be as large as the others.
    const bytes = Math.max(...copies.map((copy) => copy.bytes));
    const coming = copies
      .filter((copy) => !isHome(copy))
      .slice(0, Math.max(0, count - copies.filter(isHome).length))
      .map((copy) => ({ ...copy, bytes }));
    return { index, count, coming, bytes: bytes * coming.length };
  });
  const byIndex = new Map<string, { most: number; all: number }>();
  for (const { index, count } of groups) {
    const { most, all } = byIndex.get(index) ?? { most: 0, all: 0 };
    byIndex.set(index, { most: Math.max(most, count), all: all + count });
  }
  const limitOf = (perNode = Infinity) => perNode * home.length;
  const needed = groups.reduce((sum, { bytes }) => sum + bytes, 0);
  const free = home.reduce((sum, { freeBytes }) => sum + Math.max(0, freeBytes), 0);
  const shards = groups.reduce((sum, { count }) => sum + count, 0);
  const nodesAtHome = `${home.length} old nodes`;
  // How many a node may have is looked at above, so here it is left out.
  const left = withoutPlace(
    groups.flatMap(({ coming }) => coming.filter(({ movingTo }) => !home.some(({ name }) => name === movingTo))),
    'old',
    { table, nodes, limits: { movesPerNode: limits.movesPerNode, totalShardsPerNode: {} } },
  );
  const counted = [
    ...[...byIndex].flatMap(([name, { most, all }]) => [
      ...(most > home.length
        ? [
            `${name} has ${most} copies of a shard, and there are ${nodesAtHome}: lower its number_of_replicas to ${home.length - 1}`,
          ]
        : []),
      ...(all > limitOf(limits.totalShardsPerNode[name])
        ? [`${name} has ${all} shard copies, and its total_shards_per_node lets ${nodesAtHome} take fewer: raise it`]
        : []),
    ]),
    ...(shards > limitOf(limits.clusterShardsPerNode)
      ? [
          `there are ${shards} shard copies, and the cluster's total_shards_per_node lets ${nodesAtHome} take fewer: raise it`,
        ]
      : []),
  ];
  if (needed > free) {
    const room = `${showBytes(needed)} are to come home, and the old nodes have ${showBytes(free)} free below the watermark`;
    return [...counted, `${room}: make room there`];
  }
  // Where there are more copies than nodes, that alone is said.
  if (counted.length > 0 || left.length === 0) return counted;
  return [`no old node has a place for ${sayCopies(left)}: make room on one of them`];
}
