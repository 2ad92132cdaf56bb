import { setTimeout as sleep } from 'node:timers/promises';
import { esRequest, type EsRequestOptions } from '../es';

/** A request to whichever node answers. */
export type Ask = <T = unknown>(method: string, path: string, options?: Pick<EsRequestOptions, 'body'>) => Promise<T>;

/** Longest time for which a request is tried at one node after the other, ms: an election takes seconds. */
const PATIENCE_MS = 30_000;
const ANSWER_MS = 15_000;
const AGAIN_MS = 500;

/** An answer of a node that is there and can not do what it is asked. */
const LATER = /answered (408|429|5\d\d):/;
const ANSWERED = /answered \d{3}:/;

/**
 * Asks as a careful client does that knows every node: the first that answers, and the next where one is gone, so that whoever asks must
 * send only what may be done twice.
 * @param endpoints base URLs, those that are asked first first
 * @returns a function that throws what a node refused, or the last reason when none answered in half a minute
 */
export function askAny(endpoints: readonly string[], signal: AbortSignal): Ask {
  return async <T>(method: string, path: string, { body }: Pick<EsRequestOptions, 'body'> = {}): Promise<T> => {
    const deadline = Date.now() + PATIENCE_MS;
    let last: unknown;
    while (Date.now() < deadline) {
      for (const endpoint of endpoints) {
        signal.throwIfAborted();
        try {
          return await esRequest<T>(endpoint, method, path, { body, timeoutMs: ANSWER_MS, signal });
        } catch (error) {
          const { message } = error as Error;
          if (ANSWERED.test(message) && !LATER.test(message)) throw error;
          last = error;
        }
      }
      await sleep(AGAIN_MS, undefined, { signal });
    }
    throw last;
  };
}

/** Whether a node refused something because it is so already: what was sent twice was done. */
export function isDone(error: unknown, of: 'create' | 'delete'): boolean {
  const { message } = error as Error;
  return of === 'create'
    ? /answered (400|409):.*(resource_already_exists|version_conflict)/.test(message)
    : /answered 404:.*(index_not_found|snapshot_missing)/.test(message);
}
