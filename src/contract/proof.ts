/** Counts of a proof, for summaries and the report. */
export interface Proof {
  /** What was proven, one sentence. */
  proven: string;
  facts: Record<string, number | string>;
}
