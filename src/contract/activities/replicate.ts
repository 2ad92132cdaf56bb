import type { LedgerEntry } from '../ledger';
import type { MoveProgress } from '../progress';
import type { Proof } from '../proof';
import type { Catalogue } from './catalogue';

/** Phase 4: a copy of every shard on the new side. */
export interface ReplicateActivities {
  setThrottle(input: { maxMBps: number }): Promise<LedgerEntry[]>;
  /** Planned index changes (`indices`, temporary replicas); recorded on the hub first. */
  prepareIndices(): Promise<LedgerEntry[]>;
  /**
   * Moves primaries for a while; returns on progress, at the latest after `sampleSeconds`, or when proven done.
   * The goal is the new side, or the old one on the way back.
   */
  replicate(input: { since?: MoveProgress; goal?: 'old' | 'new' }): Promise<MoveProgress>;
  proveReplicated(): Promise<Proof>;
}

/** Their kinds and summaries. */
export const REPLICATE: Catalogue<ReplicateActivities> = {
  setThrottle: ['knob', ({ maxMBps }) => `throttle to ${maxMBps} MiB/s`],
  prepareIndices: ['change', 'replicate: planned changes to indices'],
  replicate: ['move', ({ goal }) => `replicate: move primaries${goal === 'old' ? ' back' : ''}`],
  proveReplicated: ['look', 'prove that every shard group has a copy on both sides'],
};
