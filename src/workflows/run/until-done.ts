import { ApplicationFailure } from '@temporalio/workflow';
import type { MoveProgress } from '../../contract/progress';
import type { Migration } from './migration';

/** A cluster may be out of reach for a night, and nobody need wake up; after so many seconds a person is needed. */
const LONGEST_SILENCE_SECONDS = 24 * 60 * 60;

/**
 * Calls an activity that moves shards for a while, again and again until it has proven that it is done; shows each time how
 * far that came. Between two calls the run may go on in a new one.
 * @param since how far it had come before
 */
export async function untilDone(
  m: Migration,
  move: (since?: MoveProgress) => Promise<MoveProgress>,
  since?: MoveProgress,
): Promise<void> {
  let progress = since;
  do {
    m.control.safePoint();
    progress = await move(progress);
    m.state.progressed(progress);
    unlessSilent(progress);
  } while (!progress.done);
}

/** @throws ApplicationFailure when nobody has said for a day how far shards have moved */
export function unlessSilent({ unanswered }: MoveProgress): void {
  if (!unanswered || unanswered.seconds < LONGEST_SILENCE_SECONDS) return;
  throw ApplicationFailure.nonRetryable(`for a day nobody has said how far it is: ${unanswered.reason}`);
}
