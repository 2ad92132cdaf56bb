import { ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import { failureType, sentence } from './failures';
import { isNoFailure } from './safe-point';

/** Hosts that are worked on at the same time when nothing else is said: one worker holds that many SSH sessions easily. */
export const AT_ONCE = 16;

/**
 * Does the same on many hosts, some at a time. All are tried, and all that is under way has ended when it returns, so
 * that nothing goes on behind the back of a run that waits for a person.
 * @throws ApplicationFailure that names every host that failed and why; or the cancellation, or SafePoint
 */
export async function onEach<T>(
  hosts: readonly string[],
  work: (host: string) => Promise<T>,
  atOnce = AT_ONCE,
): Promise<T[]> {
  const scope = CancellationScope.current();
  const results: T[] = [];
  const failed: { host: string; error: unknown }[] = [];
  let next = 0;
  const worker = async () => {
    while (next < hosts.length && !scope.consideredCancelled) {
      const index = next++;
      const host = hosts[index] as string;
      try {
        results[index] = await work(host);
      } catch (error) {
        failed.push({ host, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, hosts.length) }, worker));
  const ended = failed.find(({ error }) => isNoFailure(error));
  if (ended) throw ended.error;
  if (scope.consideredCancelled) await scope.cancelRequested;
  const [first] = failed;
  if (!first) return results;
  throw ApplicationFailure.create({
    message: failed.map(({ host, error }) => `${host}: ${sentence(error)}`).join('\n'),
    type: failureType(first.error) ?? 'HostsFailed',
    nonRetryable: true,
  });
}
