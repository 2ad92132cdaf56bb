import type { MoveProgress } from '../contract/progress';
import type { Migration } from './migration';

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
    m.state.set({ progress });
  } while (!progress.done);
}
