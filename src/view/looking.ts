import { setTimeout as sleep } from 'node:timers/promises';
import type { View } from './view';

/** How a seat looks. */
export interface Looking {
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Ends the looking. */
  signal: AbortSignal;
}

/** A look that has not come after so many milliseconds means that somebody does not answer. */
const SLOW_MS = 3_000;

/**
 * Looks at a migration until it has ended or `signal` aborts. A server that stops answering is no end: the last picture
 * stays, and says that it is old.
 * @param source what is looked at, a `LiveSource`
 * @returns the last picture, if there was one
 * @throws what the first look throws
 */
export async function keepLooking(
  source: { look(): Promise<View> },
  { everyMs, signal }: Looking,
  onView: (view: View) => void,
): Promise<View | undefined> {
  let last: View | undefined;
  while (!signal.aborted) {
    const told = last;
    const slow = setTimeout(() => told && onView({ ...told, problem: 'no answer yet from the server' }), SLOW_MS);
    try {
      last = await source.look();
    } catch (error) {
      if (!last) throw error;
      last = { ...last, problem: `the Temporal server does not answer (${reasonOf(error)})` };
    } finally {
      clearTimeout(slow);
    }
    if (signal.aborted) break;
    onView(last);
    if (last.outcome !== 'running' && last.problem === undefined) break;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return last;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
