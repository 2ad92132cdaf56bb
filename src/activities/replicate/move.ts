import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Client } from '@elastic/elasticsearch';
import type { MoveProgress } from '../../contract/progress';
import { Arrivals } from '../../elasticsearch/shards/arrivals';
import type { StuckReason } from '../../elasticsearch/shards/explain';
import { Pace } from '../../elasticsearch/shards/pace';
import type { Move } from '../../elasticsearch/shards/moves';
import { issueMoves, type RefusedMoves } from '../../elasticsearch/shards/reroute';
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
  /** Says why nothing moves, when it was long enough, or when some shard arrives nowhere. */
  why: () => Promise<StuckReason | undefined>;
  /** Whether some shard arrives nowhere, whatever else moves; default: none does so. */
  lost?: () => boolean;
  /** What else a drain tells the next call, and people. */
  more?: Pick<MoveProgress, 'waits' | 'lingering'>;
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
  turn: (pace: Pace, arrivals: Arrivals) => Promise<Turn>,
  longest = Infinity,
): Promise<MoveProgress> {
  const { sampleSeconds, replicate } = (await deps.scope()).plan;
  const pace = new Pace(since);
  const arrivals = new Arrivals(since?.arrivals);
  for (;;) {
    let found: Turn = { done: false, why: async () => undefined };
    try {
      found = await turn(pace, arrivals);
      if (found.done) return pace.progress(true);
    } catch (error) {
      pace.unanswered(healing(error).message);
    }
    const soFar = arrivals.soFar();
    const progress = { ...pace.progress(false), ...(soFar && { arrivals: soFar }), ...found.more };
    deps.heartbeat(progress);
    const told = pace.share() >= REPORT_SHARE && pace.seconds() >= SHORTEST_CALL_SECONDS;
    if (told || pace.seconds() >= Math.min(sampleSeconds, longest))
      return withReason(progress, replicate.stuckMinutes * 60, found);
    await deps.sleep(progress.unanswered ? AFTER_SILENCE_MS : LOOK_EVERY_MS);
  }
}

/** Asks the cluster for moves; what it refuses, and what it takes on, is remembered. */
export async function askForMoves(
  deps: Deps,
  client: Client,
  moves: Move[],
  { refused, arrivals }: { refused: RefusedMoves; arrivals: Arrivals },
): Promise<void> {
  const rejected = await issueMoves(client, moves);
  refused.add(rejected);
  for (const { move, reason } of rejected) deps.log.info({ move, reason }, 'the cluster would not make a move');
  arrivals.asked(moves.filter((move) => !rejected.some((one) => one.move === move)));
}

/** Adds why nothing moves, after the plan's time, or what arrives nowhere. What nobody can say is not called stuck. */
async function withReason(progress: MoveProgress, afterSeconds: number, found: Turn): Promise<MoveProgress> {
  const stands = (progress.stalledSeconds ?? 0) >= afterSeconds;
  if (progress.unanswered || !(stands || found.lost?.())) return progress;
  try {
    const stuck = await found.why();
    return stuck ? { ...progress, stuck } : progress;
  } catch (error) {
    const why = healing(error).message;
    if (!stands) return progress;
    const stuck = {
      sentence: `No byte has moved for ${Math.round((progress.stalledSeconds ?? 0) / 60)} min, and the cluster does not say why (${why}).`,
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
