import type { View } from './view';

/** Something that a person at a seat says to the migration; a decision is about the gate and token that were shown. */
export type Wish =
  | { kind: 'approve'; gate: string; token: string; note?: string }
  | { kind: 'reject'; gate: string; token: string; reason: string }
  | { kind: 'pause' }
  | { kind: 'resume' };

/** Whether the run can be held now. */
export function canPause(view: View): boolean {
  return view.possible.includes('pause');
}

/** Whether the run waits for a `resume`. */
export function canGoOn(view: View): boolean {
  return view.possible.includes('resume');
}
