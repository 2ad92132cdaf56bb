import { CompleteAsyncError, type Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import { UNDER } from '../contract/under';
import { needOwnWord } from './word';
import type { Redactor } from '../secrets/redact';
import { stand, Standing } from './standing';
import type { Teller } from './teller';
import { cut } from '../text/harmless';

/**
 * Milliseconds between heartbeats. The time-out is a minute (src/workflows/world/options.ts), but a cancellation reaches an
 * activity only as the answer to a heartbeat, and a rollback shall not wait for that.
 */
export const BEAT_MS = 5_000;
/** Longest message that goes into the history. */
const LONGEST_MESSAGE = 4000;

/** Failures that a few tries may cure, because a service needs time to come up; then a person is needed. */
const TRIED_A_FEW_TIMES = new Set<string>([FAILURES.STEP_FAILED, FAILURES.PROOF_FAILED]);
const A_FEW_TIMES = 3;

/** Counter of failed attempts of activities, by activity and type of failure; type `StepFailed` is a step on a host. */
const FAILURES_METRIC = 'bigswitch_failures';

/** Last heartbeat details of each running activity: a beat without them would erase what a retry resumes from. */
const lastDetails = new WeakMap<Context, unknown>();

/** What cleans the beats of each running activity. */
const redactors = new WeakMap<Context, Redactor>();

/** Reports progress of the activity, and keeps it for the beats in between and for a cancellation. */
export function heartbeat(context: Context, details?: unknown): void {
  if (details !== undefined) lastDetails.set(context, details);
  context.heartbeat(redactors.get(context)?.cleanAll(lastDetails.get(context)) ?? lastDetails.get(context));
}

/** What the guard is made from. */
export interface GuardParts {
  redactor: Redactor;
  /** The activity's context; throws outside an activity. */
  context: () => Context;
  /** Sends a heartbeat with these details, and returns when the server has taken it; false when it knows the attempt no more. */
  beat: (context: Context, details: unknown) => Promise<boolean>;
  /** Hears how each attempt ended. */
  teller: Pick<Teller, 'attemptEnded'>;
  /** Called when an activity has ended, however it did. */
  ended: (context: Context) => void;
}

/**
 * Puts the same coat on every activity: it heartbeats by itself, so that a dead worker is noticed in a minute; it knows under
 * what it acts, and whether it still may; its answers, beats and errors hold no secret, and errors no more text than the
 * history takes; and its failures are typed alike, whoever threw them. An activity gets one argument; the second is for the
 * coat.
 */
export function guard<A extends object>(activities: A, parts: GuardParts): A {
  const wrap = (activity: (input: never) => Promise<unknown>) => async (input: never, under?: unknown) => {
    const context = parts.context();
    redactors.set(context, parts.redactor);
    const before: unknown = context.info.heartbeatDetails;
    if (before !== undefined) lastDetails.set(context, before);
    const standing = new Standing(context, under, () => parts.beat(context, lastDetails.get(context)));
    stand(context, standing);
    const beat = () => {
      // A cancellation reaches an activity only as the answer to this one; that it was taken, only as that to the other.
      heartbeat(context);
      void standing.ask();
    };
    const beating = setInterval(beat, BEAT_MS);
    // The first one is not waited for.
    beat();
    try {
      needOwnWord(UNDER.safeParse(under).data?.word, context.info.workflowExecution?.runId);
      // What a host said may hold a secret in any field of an answer, as well as in an error.
      const answer = parts.redactor.cleanAll(await activity(input));
      parts.teller.attemptEnded(context, input);
      return answer;
    } catch (error) {
      const tidied = tidy(error, context, parts.redactor);
      if (tidied instanceof ApplicationFailure) count(tidied, context);
      parts.teller.attemptEnded(context, input, tidied);
      throw tidied;
    } finally {
      clearInterval(beating);
      parts.ended(context);
    }
  };
  const entries = Object.entries(activities).map(([name, activity]) => [name, wrap(activity as never)]);
  return Object.fromEntries(entries) as A;
}

/** Tells the worker's metrics of a failed attempt; a cancellation is none. */
function count({ type }: ApplicationFailure, { info, metricMeter }: Context): void {
  metricMeter
    .createCounter(FAILURES_METRIC, undefined, 'failed attempts of activities')
    .add(1, { activity: info.activityType, type: type ?? 'Error' });
}

/** The error as it may enter the history. */
function tidy(error: unknown, context: Context, redactor: Redactor): Error {
  if (error instanceof CompleteAsyncError) return error;
  const message = cut(redactor.clean(messageOf(error)), LONGEST_MESSAGE);
  const cancelled = error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
  // The last heartbeat goes along, so that what was seen before the cancellation is not lost.
  if (cancelled && context.cancellationSignal.aborted) {
    return new CancelledFailure(
      message,
      [redactor.cleanAll(lastDetails.get(context))].filter((one) => one !== undefined),
    );
  }
  if (!(error instanceof ApplicationFailure)) {
    return ApplicationFailure.create({ message, type: error instanceof Error ? error.name : 'Error' });
  }
  const tries = TRIED_A_FEW_TIMES.has(error.type ?? '');
  return ApplicationFailure.create({
    message,
    type: error.type ?? undefined,
    nonRetryable: error.nonRetryable || (tries && context.info.attempt >= A_FEW_TIMES),
  });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a name with several addresses is an AggregateError without a message of its own.
  const inner = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : '';
  return error.message || inner || error.name;
}
