import { isCancellation } from '@temporalio/workflow';

/** Thrown where a long run can go on in a new one, with nothing under way; it never reaches Temporal. */
export class SafePoint extends Error {}

/** Whether what was thrown says nothing of what was done: a cancellation, or that the run goes on in a new one. */
export function isNoFailure(error: unknown): boolean {
  return error instanceof SafePoint || isCancellation(error);
}
