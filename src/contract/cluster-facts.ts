import { z } from 'zod';

/** Schema of what preflight saw of the cluster; in the report and in a dry run too. */
export const clusterFactsSchema = z.object({
  clusterName: z.string(),
  version: z.string(),
  nodes: z.number(),
  indices: z.number(),
  shards: z.number(),
  documents: z.number(),
  primaryBytes: z.number(),
  totalBytes: z.number(),
});

/** What preflight saw of the cluster. */
export type ClusterFacts = z.output<typeof clusterFactsSchema>;
