/** Prints one line, said at once and in order. */
export type Say = (line: string) => void;

/**
 * Runs one part of a longer work and says what it does and how long it took.
 * @throws what the part throws, after saying that it failed
 */
export async function phase<T>(say: Say, title: string, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal?.aborted) throw new InterruptedError();
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  try {
    const result = await abortable(run(), signal);
    say(`✔ ${title} (${seconds()})`);
    return result;
  } catch (error) {
    say(`✖ ${title} (${seconds()})`);
    throw signal?.aborted ? new InterruptedError() : error;
  }
}

/** After an abort the work is given this long to stop by itself: what comes next removes what it may still be making. */
const STOP_MS = 20_000;

async function abortable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  let onAbort: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(new InterruptedError()), STOP_MS);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const result = await Promise.race([work, stopped]);
    if (signal.aborted) throw new InterruptedError();
    return result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A person (or the caller) stopped the work. */
export class InterruptedError extends Error {
  constructor() {
    super('interrupted');
    this.name = 'InterruptedError';
  }
}
