import { z } from 'zod';

const named = z.object({ index: z.string(), what: z.string() });

const figures = z.object({
  index: z.string(),
  shard: z.number(),
  node: z.string(),
  primary: z.boolean(),
  /** Live documents, nested ones included. */
  documents: z.number().optional(),
  /** Highest sequence number of a write that the copy has got; -1 before the first. */
  maxSeqNo: z.number().optional(),
  /** Up to this number it has processed every write, without a gap. */
  localCheckpoint: z.number().optional(),
  /** As far as this copy knows, every copy has every write up to this number; known later on replicas. */
  globalCheckpoint: z.number().optional(),
});

/**
 * Schema of what was compared of the data before something irreversible, in figures; the facts of the same evidence say
 * what it proves. Of many indices only the first few are named, so that it stays small whatever the cluster holds.
 */
export const dataProofSchema = z.object({
  /** The two sides whose copies were compared, for example `old-1` and `the new side`. */
  between: z.tuple([z.string(), z.string()]),
  indices: z.number(),
  /** Shards in question that have more than one copy, and all copies of these. */
  shards: z.number(),
  copies: z.number(),
  /** Shards with only one copy: there is nothing to compare, it moves as a whole. */
  onlyCopies: z.number(),
  /** Documents in the primaries of the compared shards, nested ones included. */
  documents: z.number(),
  /** Documents that were read from both sides, and the shards that they are of. */
  sampledDocuments: z.number(),
  sampledShards: z.number(),
  /** Figures of each copy by index; of many those that differ and the largest, and how many more there are. */
  figures: z.array(figures),
  figuresMore: z.number(),
  /** What differs, the worst first, and how many more do. */
  different: z.array(named),
  differentMore: z.number(),
  /** What could not be compared, and why. */
  notCompared: z.array(named),
  notComparedMore: z.number(),
});

/** What was compared of the data, in figures. */
export type DataProof = z.output<typeof dataProofSchema>;

/** What one copy says of itself. */
export type CopyFigures = z.output<typeof figures>;

/** Something to say of one index. */
export type NamedIndex = z.output<typeof named>;
