import { setTimeout as wait } from 'node:timers/promises';
import type { Handle } from './lab';

/** One that no worker is there for has no answer. */
const PATIENCE_MS = 30_000;

/**
 * Counts the queries of a handle that have no answer yet. One that is tried again when its connection is gone throws where nobody
 * catches it, and fails the whole file.
 * @returns waits until all have their answer, whatever it is, for half a minute at most
 */
export function countsQueries(handle: Handle): () => Promise<void> {
  const asked = new Set<Promise<unknown>>();
  const query = handle.query.bind(handle) as (...args: unknown[]) => Promise<unknown>;
  const counted = (...args: unknown[]) => {
    const answer = query(...args);
    asked.add(answer);
    void answer.then(
      () => asked.delete(answer),
      () => asked.delete(answer),
    );
    return answer;
  };
  handle.query = counted as Handle['query'];
  return async () => {
    const over = new AbortController();
    const tooLong = wait(PATIENCE_MS, true, { signal: over.signal }).catch(() => true);
    while (asked.size > 0) {
      if (await Promise.race([tooLong, Promise.allSettled(asked).then(() => false)])) break;
    }
    over.abort();
  };
}
