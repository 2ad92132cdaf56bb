import { shellQuoted } from '../text/shell';

/** Quotes a value for POSIX sh. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new Error('a value for a shell script contains a NUL byte');
  return shellQuoted(value);
}

/** Where commands are looked for; sbin is not in the PATH of a plain user's SSH command. */
export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Messages are read by machines, so they come in English. What the login had is kept for the commands of the plan; in a
 * script that a person runs by hand, it is that person's.
 */
export const ENVIRONMENT = `LOGIN_ENVIRONMENT=\${LOGIN_ENVIRONMENT-$(export -p)}
export LOGIN_ENVIRONMENT PATH=${PATH} LC_ALL=C
`;

/**
 * Runs a command of the plan as its author would over SSH: with the login's own environment, since what it starts goes on
 * with it. Commands that the login would not find are looked for where scripts have theirs. No start-up file is read.
 * @param seconds after which it is ended
 */
export function asLogin(command: string, seconds: number): string {
  // Braces around, since `$((` and `((` would be arithmetic.
  return `{ (unset LC_ALL; eval "\${LOGIN_ENVIRONMENT-}"; export PATH="\${PATH:+$PATH:}${PATH}"
unset LOGIN_ENVIRONMENT ENV BASH_ENV SSH_CLIENT SSH2_CLIENT
exec timeout -k 5 ${seconds} sh -c ${quote(command)}); }`;
}

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

/** Exit code of `timeout` when time ran out. */
export const TIMED_OUT = 124;
