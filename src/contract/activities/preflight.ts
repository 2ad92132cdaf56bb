import type { ClusterFacts } from '../cluster-facts';
import type { DryRun } from '../dry-run';
import type { Check } from '../evidence';
import type { Catalogue } from './catalogue';
import type { OnHost } from './on-host';

/** What a dry run is told. */
export interface DryRunInput {
  /** Preflight's checks that are not ok, and how many there were of each result. */
  checks: Check[];
  counts: { ok: number; warn: number; failed: number };
  cluster?: ClusterFacts;
  /** MiB/s that the bridge is known to carry. */
  linkMBps?: number;
}

/** Read-only looks before anything is changed, and the dry run. */
export interface PreflightActivities {
  preflightHost(input: OnHost): Promise<Check[]>;
  preflightCluster(): Promise<{ facts: ClusterFacts; checks: Check[] }>;
  /** Goes through the whole migration without changing anything, and tells what it would do. */
  dryRun(input: DryRunInput): Promise<DryRun>;
}

/** Their kinds and summaries. */
export const PREFLIGHT: Catalogue<PreflightActivities> = {
  preflightHost: ['preflight', ({ host }) => `look at ${host}`],
  preflightCluster: ['preflight', 'look at the cluster'],
  dryRun: ['preflight', 'go through the migration without changing anything'],
};
