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
   * Moves primaries for a while; returns on progress, at the latest after `sampleSeconds`, or when proven done: what an index
   * of a moment ago lacks does not keep it. The goal is the new side, or the old one on the way back. With `tend` a gate
   * waits: what lacks a copy there now is brought over, for half a minute at most, and nothing is proven.
   */
  replicate(input: { since?: MoveProgress; goal?: 'old' | 'new'; tend?: 'both' | 'new' }): Promise<MoveProgress>;
  /** That every shard group has a copy on both sides; with the goal `old`, that it has one there. */
  proveReplicated(input?: { goal?: 'old' | 'new' }): Promise<Proof>;
}

/** Their kinds and summaries. */
export const REPLICATE: Catalogue<ReplicateActivities> = {
  setThrottle: ['knob', ({ maxMBps }) => `throttle to ${maxMBps} MiB/s`],
  prepareIndices: ['change', 'replicate: planned changes to indices'],
  replicate: [
    'move',
    ({ goal, tend }) =>
      tend ? 'bring over what was made since' : `replicate: move primaries${goal === 'old' ? ' back' : ''}`,
  ],
  proveReplicated: [
    'look',
    (input) => `prove that every shard group has a copy on ${input?.goal === 'old' ? 'the old side' : 'both sides'}`,
  ],
};
