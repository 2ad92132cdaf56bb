import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import type { HostRef } from '../plan/hosts';
import type { Hosts } from './hosts';
import { quote } from './script';
import { ConfigEditError } from './app-config/setting';

/** Prints a file in base64, or fails where there is none. */
export function readFileScript(path: string): string {
  const file = quote(path);
  return `[ -f ${file} ] || { echo "there is no file "${file} >&2; exit 1; }\nbase64 -w0 <${file}`;
}

/**
 * The text of a file on a host, byte for byte.
 * @throws when the host can't be reached or has no such file
 */
export async function readHostFile(hosts: Hosts, host: HostRef, path: string): Promise<string> {
  return Buffer.from(await hosts.ask(host, readFileScript(path)), 'base64').toString('utf8');
}

/**
 * Edits a file's text in memory; what can't be edited needs a person, so it is not tried again.
 * @throws ApplicationFailure StepFailed (no retry) that names host and file
 */
export function editText<T>(host: string, path: string, edit: () => T): T {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof ConfigEditError)) throw error;
    throw ApplicationFailure.nonRetryable(
      `${host}: ${path} ${error.message}; nothing was changed`,
      FAILURES.STEP_FAILED,
    );
  }
}
