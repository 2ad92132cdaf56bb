import { takePicture, type Picture } from '../../elasticsearch/looks/picture';
import { reachSide } from '../../elasticsearch/looks/reach';
import type { Scope } from '../../elasticsearch/scope';
import { showBytes } from '../../elasticsearch/settings/sizes';
import { groupShards } from '../../elasticsearch/shards/table';

/** Indices whose number of copies follows the number of nodes by itself. */
const AUTO_EXPAND = 'index.auto_expand_replicas';

/** What keeps the old nodes from taking all copies of all shards, asked of an old node; each with what would help. */
export async function roomProblems(scope: Scope): Promise<string[]> {
  const { client } = await reachSide(scope, 'old');
  return lacksRoom(await takePicture(scope, client));
}

/** The same, of a picture. Pure. */
export function lacksRoom({ table, nodes, limits, indices }: Picture): string[] {
  const home = nodes.filter(({ side }) => side === 'old');
  const isHome = (node: string | undefined) => home.some(({ name }) => name === node);
  const needed = table.filter(({ node }) => !isHome(node)).reduce((sum, copy) => sum + copy.bytes, 0);
  const free = home.reduce((sum, { freeBytes }) => sum + Math.max(0, freeBytes), 0);
  const expands = (name: string) =>
    (indices.find((index) => index.name === name)?.settings[AUTO_EXPAND] ?? 'false') !== 'false';
  const byIndex = new Map<string, { most: number; all: number }>();
  for (const { index, copies } of groupShards(table)) {
    const { most, all } = byIndex.get(index) ?? { most: 0, all: 0 };
    byIndex.set(index, { most: Math.max(most, copies.length), all: all + copies.length });
  }
  const tooMany = [...byIndex].filter(([name, { most }]) => most > home.length && !expands(name));
  const limited = [...byIndex].filter(
    ([name, { all }]) => all > (limits.totalShardsPerNode[name] ?? Infinity) * home.length,
  );
  const { clusterShardsPerNode: perNode = Infinity } = limits;
  return [
    ...tooMany.map(
      ([name, { most }]) =>
        `${name} has ${most} copies of a shard, and there are ${home.length} old nodes: lower its number_of_replicas to ${home.length - 1}`,
    ),
    ...limited.map(
      ([name, { all }]) =>
        `${name} has ${all} shard copies, and its total_shards_per_node lets ${home.length} old nodes take fewer: raise it`,
    ),
    ...(table.length > perNode * home.length
      ? [
          `there are ${table.length} shard copies, and the cluster's total_shards_per_node lets ${home.length} old nodes take fewer: raise it`,
        ]
      : []),
    ...(needed > free
      ? [
          `${showBytes(needed)} are to come home, and the old nodes have ${showBytes(free)} free below the watermark: make room there`,
        ]
      : []),
  ];
}
