/** Documents that are asked for at once. */
const BATCH = 500;

/**
 * Asks for many things, some at a time, and gives each back with its answer.
 * @param ask answers in the order asked
 * @throws Error when an answer is missing, and what `ask` throws
 */
export async function* inBatches<A, T>(asked: A[], ask: (batch: A[]) => Promise<T[]>): AsyncGenerator<[A, T]> {
  for (let from = 0; from < asked.length; from += BATCH) {
    const batch = asked.slice(from, from + BATCH);
    const found = await ask(batch);
    if (found.length !== batch.length)
      throw new Error(`asked for ${batch.length} documents, got ${found.length} answers`);
    yield* batch.map((one, index): [A, T] => [one, found[index] as T]);
  }
}
