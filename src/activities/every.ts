import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import pMap from 'p-map';

/** Hosts that are asked at the same time when nothing else is said. */
const AT_ONCE = 16;

/**
 * Asks the same of many, some at a time. All are finished, well or not, when it returns, and everything that failed is told, so
 * that a person puts it right once.
 * @throws what one of them threw; of several, an ApplicationFailure of the first one's type with all that was said; a cancellation
 */
export async function onEvery<T, R>(items: readonly T[], ask: (item: T) => Promise<R>, atOnce = AT_ONCE): Promise<R[]> {
  const failed: { index: number; error: unknown }[] = [];
  const one = async (item: T, index: number) => {
    try {
      return await ask(item);
    } catch (error) {
      failed.push({ index, error });
      return undefined as never;
    }
  };
  const answers = await pMap(items, one, { concurrency: atOnce });
  if (failed.length === 0) return answers;
  throw together(failed.sort((a, b) => a.index - b.index).map(({ error }) => error));
}

function together(errors: unknown[]): unknown {
  const cancelled = errors.find((error) => error instanceof CancelledFailure);
  if (cancelled) return cancelled;
  if (errors.length === 1) return errors[0];
  const said = [...new Set(errors.map((error) => (error instanceof Error ? error.message : String(error))))];
  const failures = errors.filter((error) => error instanceof ApplicationFailure);
  return ApplicationFailure.create({
    message: said.join('; '),
    type: failures[0]?.type ?? undefined,
    nonRetryable: failures.some((failure) => failure.nonRetryable === true),
  });
}
