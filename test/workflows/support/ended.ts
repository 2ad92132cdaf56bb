import { setTimeout as wait } from 'node:timers/promises';
import type { Status } from '../../../src/contract/messages';
import type { Handle } from './lab';

/** For so long the same gate may be open while a test does nothing but wait for the end. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 2_000;

/**
 * Makes `result()` fail with the name of the gate when a test waits for the end of a run that itself waits for a word which
 * nobody gives: the time limit of the test would only say that there is one.
 * @returns ends the looks, and returns when the last one has: after that the server may go
 */
export function namesTheGate(handle: Handle, patienceMs = PATIENCE_MS): () => Promise<void> {
  const result = handle.result.bind(handle);
  const over = new AbortController();
  const looks: Promise<unknown>[] = [];
  handle.result = async () => {
    const ended = new AbortController();
    const end = result().finally(() => ended.abort());
    const tooLong = openTooLong(handle, patienceMs, AbortSignal.any([over.signal, ended.signal]));
    looks.push(tooLong);
    return Promise.race([
      end,
      tooLong.then((gate) => {
        if (gate === undefined) return end;
        throw new Error(`waited in vain for the end: the gate ${gate} is open, and nobody approves it`);
      }),
    ]);
  };
  return async () => {
    over.abort();
    await Promise.all(looks);
  };
}

/** @returns the gate that was open all the time; undefined when it was over before */
async function openTooLong(handle: Handle, patienceMs: number, over: AbortSignal): Promise<string | undefined> {
  let [token, since] = ['', Date.now()];
  for (;;) {
    await wait(Math.min(LOOK_EVERY_MS, patienceMs), undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return undefined;
    const { gate } = await handle.query<Partial<Status>>('status').catch(() => ({ gate: undefined }));
    if (gate?.token !== token) [token, since] = [gate?.token ?? '', Date.now()];
    if (gate !== undefined && Date.now() - since >= patienceMs) return gate.gate;
  }
}
