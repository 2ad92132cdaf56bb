import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';
import { shardStats } from '../shards/stats';

const statsSchema = shardStats({
  routing: z.object({ state: z.string(), primary: z.boolean(), node: z.string().nullish() }),
  docs: z.object({ count: z.number() }).optional(),
  seq_no: z.object({ max_seq_no: z.number(), local_checkpoint: z.number(), global_checkpoint: z.number() }).optional(),
});

/** What one started copy says of itself. */
export interface CopyState {
  /** Id of its node. */
  nodeId: string;
  primary: boolean;
  /** Live documents, nested ones included; absent where it doesn't say. */
  documents?: number;
  /** Highest number that a write of this shard has got, as far as this copy knows; -1 before the first. */
  maxSeqNo?: number;
  /** Up to this number it has processed every write, without a gap. */
  localCheckpoint?: number;
  /** Up to this number every copy has every write, as far as this one knows. */
  globalCheckpoint?: number;
}

/** Started copies by {@link shardKey}. */
export type CopyStates = Map<string, CopyState[]>;

/** Names a shard in a map. */
export function shardKey({ index, shard }: { index: string; shard: number }): string {
  return `${index}/${shard}`;
}

/** Elasticsearch takes 4 KiB as the first line of a request; the rest of the line is known and short. */
const LONGEST_NAMES = 3_000;
/** Indices of one question, so that no answer gets large. */
const MOST_INDICES = 100;

/** Splits names so that each part fits into the path of one request. */
export function inParts(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = Infinity;
  for (const name of names) {
    const size = encodeURIComponent(`${name},`).length;
    if (length + size > LONGEST_NAMES || (parts.at(-1)?.length ?? 0) >= MOST_INDICES) {
      parts.push([]);
      length = 0;
    }
    length += size;
    parts.at(-1)?.push(name);
  }
  return parts;
}

/**
 * How far each started copy of these indices is. An index that is not there any more is left out of the answer.
 * @param told is called after each part
 * @throws Error when a copy did not answer
 */
export async function readCopies(client: Client, indices: readonly string[], told: () => void): Promise<CopyStates> {
  const states: CopyStates = new Map();
  for (const part of inParts(indices)) {
    const answer = await askCluster(client, statsSchema, {
      path: `/${encodeURIComponent(part.join(','))}/_stats/docs`,
      heavy: true,
      query: {
        level: 'shards',
        ignore_unavailable: true,
        forbid_closed_indices: false,
        filter_path: [
          '_shards.failed',
          'indices.*.shards.*.routing',
          'indices.*.shards.*.docs.count',
          'indices.*.shards.*.seq_no',
        ].join(','),
      },
    });
    if (answer._shards.failed > 0) throw new Error(`${answer._shards.failed} copies did not say how far they are`);
    for (const [index, { shards }] of Object.entries(answer.indices)) {
      for (const [shard, copies] of Object.entries(shards)) {
        states.set(`${index}/${shard}`, copies.flatMap(stateOf));
      }
    }
    told();
  }
  return states;
}

type Told = z.output<typeof statsSchema>['indices'][string]['shards'][string][number];

function stateOf({ routing, docs, seq_no: seqNo }: Told): CopyState[] {
  // One that is being made is no copy yet; one that moves away still is.
  if (!routing.node || !['STARTED', 'RELOCATING'].includes(routing.state)) return [];
  return [
    {
      nodeId: routing.node,
      primary: routing.primary,
      ...(docs && { documents: docs.count }),
      ...(seqNo && {
        maxSeqNo: seqNo.max_seq_no,
        localCheckpoint: seqNo.local_checkpoint,
        globalCheckpoint: seqNo.global_checkpoint,
      }),
    },
  ];
}

const countSchema = z.object({ count: z.number(), _shards: z.object({ failed: z.number(), successful: z.number() }) });

/**
 * Documents that a search finds in the copy on one node; the search makes an idle copy visible first.
 * @throws ApplicationFailure ClusterRefused when the index can't be searched, or has no such copy
 */
export async function countOn(client: Client, index: string, shard: number, nodeId: string): Promise<number> {
  const { count, _shards } = await askCluster(client, countSchema, {
    path: `/${encodeURIComponent(index)}/_count`,
    query: { preference: onCopy(shard, nodeId) },
  });
  if (_shards.failed > 0 || _shards.successful !== 1) throw new Error(`${index}/${shard} could not be counted`);
  return count;
}

/** Longest time for copies to show their newest documents, in milliseconds. */
const SHOW_MS = 2_000;

/** Makes every copy of these indices show its newest documents now. Where that is refused they show them later, by themselves. */
export async function showNewest(client: Client, indices: readonly string[]): Promise<void> {
  const refresh = async (part: string[]) => {
    const path = `/${part.map(encodeURIComponent).join()}/_refresh`;
    const query = { ignore_unavailable: true };
    await askCluster(client, z.unknown(), { method: 'POST', path, query, timeoutMs: SHOW_MS }).catch(() => undefined);
  };
  await Promise.all(inParts(indices).map(refresh));
}

/** Asks exactly one copy. */
export function onCopy(shard: number, nodeId: string): string {
  return `_shards:${shard}|_only_nodes:${nodeId}`;
}
