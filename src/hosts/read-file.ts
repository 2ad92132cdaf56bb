import { isUtf8 } from 'node:buffer';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import type { HostRef } from '../plan/hosts';
import type { Hosts } from './hosts';
import { quote } from './script';
import { ConfigEditError } from './app-config/setting';
import { enterFolderOf } from './target';

/** Prints a file in base64, or fails where there is none. */
export function readFileScript(path: string): string {
  return `[ -e ${quote(path)} ] || { echo "there is no file "${quote(path)} >&2; exit 1; }
${enterFolderOf(path)}
open_there
base64 -w0 <&7`;
}

/**
 * The text of a file that came in base64, byte for byte.
 * @throws ConfigEditError when it is no UTF-8: what is read as other characters would be written back as such
 * @throws Error when it is no base64 at all
 */
export function fileText(base64: string): string {
  const bytes = fileBytes(base64);
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) {
    const at = bytes.findIndex((byte, index) => byte !== Buffer.from(text)[index]);
    const line = bytes.subarray(0, at).toString('latin1').split('\n').length;
    throw new ConfigEditError(`is not in UTF-8 (see its line ${line}); convert it, if its reader takes UTF-8`);
  }
  return text;
}

/** The bytes of a file that came in base64. @throws Error when it is none: Node itself skips what does not fit */
export function fileBytes(base64: string): Buffer {
  const trimmed = base64.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  if (bytes.toString('base64') !== trimmed) throw new Error('a file did not come as base64');
  return bytes;
}

/**
 * The text of a file on a host, byte for byte.
 * @throws ApplicationFailure StepFailed (no retry) when it is no UTF-8
 * @throws when the host can't be reached or has no such file
 */
export async function readHostFile(hosts: Hosts, host: HostRef, path: string): Promise<string> {
  const base64 = await hosts.ask(host, readFileScript(path));
  return editText(host.name, path, () => fileText(base64));
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
