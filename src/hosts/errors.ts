import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import { CUT } from '../text/harmless';

/** Type of a retryable failure: the host could not be reached, or the connection to it was lost. */
export const HOST_UNREACHABLE = 'HostUnreachable';
/** Type of a retryable failure: a script on a host ended with an error or ran out of time. */
export const SCRIPT_FAILED = 'ScriptFailed';

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
