/** The phases of a migration, in order; see docs/ARCHITECTURE.md. */
export const PHASES = [
  'preflight',
  'bridge',
  'redirect',
  'join',
  'replicate',
  'front',
  'switch',
  'drain',
  'teardown',
  'report',
] as const;

/** One phase of a migration. */
export type Phase = (typeof PHASES)[number];

/** A pause that waits for a person: `big-switch`, `drain:HOST` or `teardown`. */
export type GateName = 'big-switch' | `drain:${string}` | 'teardown';

/** One phase as it went. */
export interface PhaseRecord {
  phase: Phase;
  startedAt: string;
  endedAt?: string;
  /** One sentence of what it did. */
  summary?: string;
}
