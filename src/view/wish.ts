import type { View } from './view';

/** Something that a person at a seat says to the migration; a decision is about the gate and token that were shown. */
export type Wish =
  | { kind: 'approve'; gate: string; token: string; note?: string }
  | { kind: 'reject'; gate: string; token: string; reason: string }
  | { kind: 'pause' }
  | { kind: 'resume'; all?: true };

/** Whether the run can be held now. */
export function canPause(view: View): boolean {
  return view.possible.includes('pause');
}

/** Whether people hold the run, so that all their holds could be ended at once. */
export function canEndHolds(view: View): boolean {
  return canGoOn(view) && (view.heldBy ?? []).length > 0;
}

/** Whether the run waits for a `resume`. */
export function canGoOn(view: View): boolean {
  return view.possible.includes('resume');
}
