import type { Status } from '../../../src/contract/messages';
import type { Handle } from './lab';

/** For so long the same gate may be open while a test does nothing but wait for the end. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 2_000;

/**
 * Makes `result()` fail with the name of the gate when a test waits for the end of a run that itself waits for a word which
 * nobody gives: the time limit of the test would only say that there is one.
 */
export function namesTheGate(handle: Handle, patienceMs = PATIENCE_MS): void {
  const result = handle.result.bind(handle);
  handle.result = async () => {
    const over = new AbortController();
    const ended = result().finally(() => over.abort());
    return Promise.race([ended, openTooLong(handle, patienceMs, over.signal)]);
  };
}

/** @throws Error when one gate was open all the time; never returns otherwise */
async function openTooLong(handle: Handle, patienceMs: number, over: AbortSignal): Promise<never> {
  let [token, since] = ['', Date.now()];
  while (!over.aborted) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, patienceMs)));
    const { gate } = await handle.query<Partial<Status>>('status').catch(() => ({ gate: undefined }));
    if (gate?.token !== token) [token, since] = [gate?.token ?? '', Date.now()];
    if (gate !== undefined && Date.now() - since >= patienceMs) {
      throw new Error(`waited in vain for the end: the gate ${gate.gate} is open, and nobody approves it`);
    }
  }
  return new Promise(() => undefined);
}
