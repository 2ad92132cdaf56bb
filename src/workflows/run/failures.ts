import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { HOST_UNREACHABLE } from '../../contract/failures';

/** The failure at the bottom: what really happened, without the wrappers of activity and child workflow. */
function bottom(error: unknown): unknown {
  let current = error;
  while ((current instanceof ActivityFailure || current instanceof ChildWorkflowFailure) && current.cause) {
    current = current.cause;
  }
  return current;
}

/** Type of the failure, one of `FAILURES` where an activity gave one. */
export function failureType(error: unknown): string | undefined {
  const cause = bottom(error);
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined;
}

/** Of a failure because a host could not be reached at the last try, so that nothing is known of it: which one, and why. */
export function outOfReach(error: unknown): string | undefined {
  // When the time for all tries is over, the last one stands below that.
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type === HOST_UNREACHABLE) return cause.message;
  }
  return undefined;
}

/** What happened, as one sentence for a person. */
export function sentence(error: unknown): string {
  const cause = bottom(error);
  const message = cause instanceof Error && cause.message ? cause.message : String(cause);
  const activity = error instanceof ActivityFailure ? error.activityType : undefined;
  if (cause instanceof TimeoutFailure) return `${activity ?? 'a child workflow'} took too long (${cause.timeoutType})`;
  if (cause instanceof CancelledFailure) return `${activity ?? 'a child workflow'} was cancelled`;
  return message;
}
