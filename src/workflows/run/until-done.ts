import { ApplicationFailure } from '@temporalio/workflow';
import type { MoveProgress } from '../../contract/progress';
import type { Migration } from './migration';

/** A cluster may be out of reach for a night, and nobody need wake up; after so many seconds a person is needed. */
const LONGEST_SILENCE_SECONDS = 24 * 60 * 60;

/**
 * Calls an activity that moves shards for a while, again and again until it has proven that it is done; shows each time how
 * far that came. Between two calls the run may go on in a new one, and a block may come: it goes on from how far it had come.
 * @param what by what it is known again, of all that moves shards in a run
 */
export async function untilDone(
  m: Migration,
  what: string,
  move: (since?: MoveProgress) => Promise<MoveProgress>,
): Promise<void> {
  const { moving } = m.state.data;
  let progress = moving?.what === what ? moving.progress : undefined;
  do {
    m.control.safePoint();
    progress = await move(progress);
    if (!progress.done) m.state.set({ moving: { what, progress } });
    else if (m.state.data.moving?.what === what) m.state.set({ moving: undefined });
    m.state.progressed(progress);
    unlessSilent(progress);
  } while (!progress.done);
}

/** @throws ApplicationFailure when nobody has said for a day how far shards have moved */
export function unlessSilent({ unanswered }: MoveProgress): void {
  if (!unanswered || unanswered.seconds < LONGEST_SILENCE_SECONDS) return;
  throw ApplicationFailure.nonRetryable(`for a day nobody has said how far it is: ${unanswered.reason}`);
}
