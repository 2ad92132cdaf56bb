import type { HostRef } from '../plan/hosts';
import { shellQuoted } from '../text/shell';

/** Quotes a value for POSIX sh. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new Error('a value for a shell script contains a NUL byte');
  return shellQuoted(value);
}

/** sbin is not in the PATH of a plain user's SSH command; messages are read by machines, so they come in English. */
export const ENVIRONMENT = 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C\n';

/**
 * Makes the folder `$TEMP`, which is gone when the script ends, also when a time-out or a lost connection ends it: a shell
 * that a signal ends runs no EXIT trap, and one that nobody hears any more is ended by SIGPIPE.
 */
export const TEMPORARY_FOLDER = `TEMP=$(mktemp -d)
trap 'rm -rf "$TEMP"' EXIT
trap 'exit 143' HUP TERM INT PIPE
`;

/** Shell assignments of secret values; they travel over stdin, so no argument list ever shows them. */
export function assignments(secrets: Record<string, string> = {}): string {
  return Object.entries(secrets)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`"${name}" is not a name for a shell variable`);
      return `${name}=${quote(value)}\n`;
    })
    .join('');
}

/**
 * A script as it is sent to `sh -s`. The braces make the shell read all of it before it runs any of it: a script whose
 * end was lost with the connection is a syntax error and does nothing. Commands in it can't read the script as input.
 */
export function scriptForStdin(script: string, secrets?: Record<string, string>): string {
  return `{\n${ENVIRONMENT}${assignments(secrets)}${script}\n} </dev/null\n`;
}

/**
 * The command that runs a script from stdin on a host. It ends itself there after `timeoutSeconds`, so that a script
 * whose connection is gone doesn't go on for ever beside its own retry.
 */
export function shellCommand(ref: HostRef, timeoutSeconds: number): string {
  return `${ref.ssh.sudo ? 'sudo -n ' : ''}timeout -k 5 ${Math.ceil(timeoutSeconds)} sh -s`;
}

/** Exit code of `timeout` when time ran out. */
export const TIMED_OUT = 124;
