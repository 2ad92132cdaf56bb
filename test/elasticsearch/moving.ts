import type { Client } from '@elastic/elasticsearch';
import type { MoveProgress } from '../../src/contract/progress';

/** Nodes of one side, and of the sides to which they move. */
export const OLD = [
  { name: 'old-1', address: '127.0.1.11' },
  { name: 'old-2', address: '127.0.1.12' },
];
export const NEW = [
  { name: 'new-1', address: '127.0.2.11' },
  { name: 'new-2', address: '127.0.2.12' },
];
export const THIRD = [
  { name: 'third-1', address: '127.0.3.11' },
  { name: 'third-2', address: '127.0.3.12' },
];

/** Documents of each index that `fill` makes. */
export const DOCS = 4_000;

/** Makes an index with documents, at rest on the disk. */
export async function fill(client: Client, index: string, settings: Record<string, unknown>): Promise<void> {
  await client.indices.create({ index, settings });
  const text = 'the quick brown fox jumps over the lazy dog '.repeat(8);
  for (let from = 0; from < DOCS; from += 1000) {
    const operations = Array.from({ length: 1000 }, (_, i) => [
      { index: {} },
      { n: from + i, text: `${text}${Math.sin(from + i)}` },
    ]).flat();
    const answer = await client.bulk({ index, operations });
    if (answer.errors) throw new Error('the documents could not be written');
  }
  // One flush, so that sizes stand still from here on.
  await client.indices.flush({ index, expand_wildcards: 'all' });
}

/** Bytes that copies now in place received from another node, by the names of both; the cluster keeps the last recovery. */
export async function recoveredBetween(
  client: Client,
  crossing: (from: string, to: string) => boolean,
): Promise<number> {
  const answer = await client.indices.recovery({ expand_wildcards: 'all' } as never);
  return Object.values(answer)
    .flatMap((one) => one.shards)
    .filter((one) => one.type === 'PEER' && crossing(one.source.name ?? '', one.target.name ?? ''))
    .reduce((sum, one) => sum + Number(one.index.size?.recovered_in_bytes ?? 0), 0);
}

/** Calls an activity that moves shards, as the workflow does, until it has proven that it is done. */
export async function toTheEnd(move: (since?: MoveProgress) => Promise<MoveProgress>): Promise<void> {
  let progress = await move();
  while (!progress.done) progress = await move(progress);
}

/**
 * What a host answers when preflight looks at it: a folder with nothing but its elasticsearch.yml; and of a new one a package of this version, room, and a file that says what `RealCluster` does.
 * @param more lines of that file
 */
export function newHostSays(version: string, more = ''): string {
  const config = Buffer.from(
    `cluster.name: real\ncluster.routing.allocation.disk.threshold_enabled: false\n${more}`,
  ).toString('base64');
  return `version=${version}\ndata=/var/lib/elasticsearch\nsize=1000000000000\navail=900000000000\nconfig=${config}\nend=yes`;
}
