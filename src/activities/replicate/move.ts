import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { MoveProgress } from '../../contract/progress';
import type { StuckReason } from '../../elasticsearch/shards/explain';
import { Pace } from '../../elasticsearch/shards/pace';
import type { Deps } from '../deps';

/** Share of all bytes after which a call returns, so that a person sees it move. */
const REPORT_SHARE = 0.02;
/** A call that has something to tell returns no sooner than this, in seconds: each return is an event of the history. */
const SHORTEST_CALL_SECONDS = 3;
/** Milliseconds between two looks, and after one that nobody answered. */
const LOOK_EVERY_MS = 1_000;
const AFTER_SILENCE_MS = 5_000;

/** What one turn found. */
export interface Turn {
  /** Proven to be done. */
  done: boolean;
  /** Says why nothing moves, when it was long enough. */
  why: () => Promise<StuckReason | undefined>;
}

/**
 * Moves shards for a while, turn by turn; returns on progress, at the latest after the plan's `sampleSeconds`, or when done.
 * A turn that fails in a way that may heal is neither progress nor standstill: it is told as unanswered.
 * @param turn looks, notes what it saw, and moves some more
 * @param longest seconds after which it returns in any case; default: the plan's `sampleSeconds`
 * @throws ApplicationFailure when a retry can't cure it; CancelledFailure
 */
export async function moveForAWhile(
  deps: Deps,
  since: MoveProgress | undefined,
  turn: (pace: Pace) => Promise<Turn>,
  longest = Infinity,
): Promise<MoveProgress> {
  const { sampleSeconds, replicate } = (await deps.scope()).plan;
  const pace = new Pace(since);
  for (;;) {
    let why: Turn['why'] = async () => undefined;
    try {
      const found = await turn(pace);
      if (found.done) return pace.progress(true);
      why = found.why;
    } catch (error) {
      pace.unanswered(healing(error).message);
    }
    const progress = pace.progress(false);
    deps.heartbeat(progress);
    const told = pace.share() >= REPORT_SHARE && pace.seconds() >= SHORTEST_CALL_SECONDS;
    if (told || pace.seconds() >= Math.min(sampleSeconds, longest))
      return withReason(progress, replicate.stuckMinutes * 60, why);
    await deps.sleep(progress.unanswered ? AFTER_SILENCE_MS : LOOK_EVERY_MS);
  }
}

/** Adds why nothing moves, after the plan's time. What nobody can say is not called stuck. */
async function withReason(progress: MoveProgress, afterSeconds: number, why: Turn['why']): Promise<MoveProgress> {
  if (progress.unanswered || (progress.stalledSeconds ?? 0) < afterSeconds) return progress;
  try {
    const stuck = await why();
    return stuck ? { ...progress, stuck } : progress;
  } catch (error) {
    const stuck = {
      sentence: `No byte has moved for ${Math.round((progress.stalledSeconds ?? 0) / 60)} min, and the cluster does not say why (${healing(error).message}).`,
      action: 'Look at GET _cat/recovery?active_only=true and the log of the elected master.',
    };
    return { ...progress, stuck };
  }
}

/** An error that may heal by itself. @throws every other: a cancellation, and what no retry can cure */
function healing(error: unknown): Error {
  if (error instanceof CancelledFailure) throw error;
  if (error instanceof ApplicationFailure && error.nonRetryable) throw error;
  return error as Error;
}
