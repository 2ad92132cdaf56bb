import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, HOST_UNREACHABLE } from '../contract/failures';
import { CUT } from '../text/harmless';

/** Type of a retryable failure: a script on a host ended with an error or ran out of time. */
export const SCRIPT_FAILED = 'ScriptFailed';
/** Type of a retryable failure: another step of the same migration is under way on the host. */
export const HOST_BUSY = 'HostBusy';
/** Type of a retryable failure: the login worked, but what was sent was never run there. */
export const SCRIPT_NOT_BEGUN = 'ScriptNotBegun';

/** A retryable failure that says which host could not be reached, and why. */
export function unreachable(host: string, why: string): ApplicationFailure {
  return ApplicationFailure.retryable(`${host}: ${why}`, HOST_UNREACHABLE);
}

/** A failure that no retry can cure: the host's key is not the pinned one, or login was refused. */
export function sshRefused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, FAILURES.SSH_REFUSED);
}

/** A retryable failure of a script. */
export function scriptFailed(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, SCRIPT_FAILED);
}

/** A retryable failure: another step had the host all the time, so this one has done nothing. */
export function hostBusy(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, HOST_BUSY);
}

/** What a login gave back instead of the answer of a script. */
export interface NotBegun {
  /** Exit code of the login's shell. */
  code: number;
  /** What it said on stdout and stderr. */
  said: string;
}

/** A retryable failure: the login's shell ended, or took the script's text away, before any of it was run. */
export function scriptNotBegun(host: string, { code, said }: NotBegun): ApplicationFailure {
  const seen = excerpt(said);
  return ApplicationFailure.create({
    message: `${host}: the script did not begin; the login's shell ended with exit code ${code}${seen ? ` and said: ${seen}` : ''}`,
    type: SCRIPT_NOT_BEGUN,
    details: [{ code, said } satisfies NotBegun],
  });
}

/** What a login gave back, of a failure that says that the script did not begin; undefined for any other error. */
export function readNotBegun(error: unknown): NotBegun | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== SCRIPT_NOT_BEGUN) return undefined;
  return error.details?.[0] as NotBegun;
}

/** A step whose save, apply, verify or undo said no; retryable, because services need time to come up. */
export function stepFailed(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, FAILURES.STEP_FAILED);
}

/** Whether an error means that the host can't be reached or logged in to (as against: a command there failed). */
export function isNoAccess(error: unknown): error is ApplicationFailure {
  return (
    error instanceof ApplicationFailure && (error.type === HOST_UNREACHABLE || error.type === FAILURES.SSH_REFUSED)
  );
}

/** The last `max` characters of a command's output without the given secret values. */
export function excerpt(text: string, secrets: Record<string, string> = {}, max = 400): string {
  const clean = Object.values(secrets)
    .flatMap((value) => [value, ...value.split('\n')])
    .filter((value) => value.length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, '***'), text);
  const trimmed = clean.trim();
  return trimmed.length > max ? CUT + trimmed.slice(-max) : trimmed;
}
