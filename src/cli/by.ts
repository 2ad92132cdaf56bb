import { userInfo } from 'node:os';
import { CliError, EXIT } from './exit';

/**
 * Who says something to a migration: as it was given, else as the environment or this machine knows the person.
 * @param given what `--by` says
 * @throws CliError USAGE when nobody knows, as for a uid without a line in /etc/passwd
 */
export function byOf(env: NodeJS.ProcessEnv, given?: string): string {
  const { BIGSWITCH_BY, SUDO_USER, USER, LOGNAME } = env;
  // Behind sudo, USER is root and SUDO_USER the person.
  const known = [given, BIGSWITCH_BY, SUDO_USER, USER, LOGNAME].find((name) => name?.trim());
  const name = known?.trim() ?? accountName();
  if (name !== undefined) return name;
  throw new CliError(
    EXIT.USAGE,
    'This machine has no name for you, and the audit needs one',
    'Say who you are: --by NAME, or BIGSWITCH_BY in the environment.',
  );
}

function accountName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
