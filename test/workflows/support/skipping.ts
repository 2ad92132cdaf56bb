import { isGrpcDeadlineError } from '@temporalio/client';
import { startLab, timeSkippingServer, type Lab } from './lab';

/** A server that skips time sleeps an hour in milliseconds; one that has not in so long never does again. */
const SKIPS_WITHIN_MS = 10_000;

/**
 * A lab on a server that skips time. Such a server stops skipping, for good, when a run ends with a task under way; so each
 * migration that finds it stopped gets a new one, where it would wait out its days.
 */
export async function startSkippingLab(): Promise<Lab> {
  const worlds: Lab['worlds'] = new Map();
  const start = () => startLab(timeSkippingServer(), undefined, worlds);
  let now = await start();
  return {
    worlds,
    taskQueue: now.taskQueue,
    get env() {
      return now.env;
    },
    async ready() {
      if (await skips(now)) return;
      await now.close();
      now = await start();
    },
    close: () => now.close(),
  };
}

/** Whether time is still skipped; nothing may be under way. */
async function skips({ env }: Lab): Promise<boolean> {
  try {
    await env.connection.withDeadline(Date.now() + SKIPS_WITHIN_MS, () => env.sleep('1 hour'));
    return true;
  } catch (error) {
    if (isGrpcDeadlineError(error)) return false;
    throw error;
  }
}
