import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import type { Waiting } from './scope';

/** A proof that did not hold; nothing was changed by it. */
export function proofFailed(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: FAILURES.PROOF_FAILED, message });
}

/** What is not as it must be. A look that fails is a problem too: unknown is never good. */
export async function problemsOf(look: () => Promise<string[]>): Promise<string[]> {
  try {
    return await look();
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1_000;

/**
 * Looks again and again until nothing is wrong.
 * @param seconds longest time to wait
 * @throws ApplicationFailure ProofFailed with what was wrong at the last look
 */
export async function untilProven(
  deps: Waiting,
  what: string,
  seconds: number,
  look: () => Promise<string[]>,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    deps.heartbeat();
    const problems = await problemsOf(look);
    if (problems.length === 0) return;
    if (Date.now() >= end) throw proofFailed(`${what}: ${problems.join('; ')}`);
    await deps.sleep(LOOK_EVERY_MS);
  }
}

/**
 * Whether a proof holds several times in a row.
 * @param times how often
 * @param seconds between two looks
 */
export async function holdsInARow(
  deps: Waiting,
  times: number,
  seconds: number,
  look: () => Promise<string[]>,
): Promise<boolean> {
  for (let proof = 1; proof <= times; proof += 1) {
    deps.heartbeat();
    if ((await problemsOf(look)).length > 0) return false;
    if (proof < times) await deps.sleep(seconds * 1000);
  }
  return true;
}
