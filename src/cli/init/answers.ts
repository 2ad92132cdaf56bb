import { isHostAddress } from '../../plan/addresses';
import type { NamedAddress, PlanAnswers } from '../../plan/draft';
import { hostName } from '../../plan/schema';
import { secretRef } from '../../plan/secret-ref';

/** Any text but none. @throws Error */
export function text(given: string): string {
  if (given.trim() === '') throw new Error('must not be empty');
  return given.trim();
}

/** `file:/path` or `env:NAME`. @throws Error that says so, and never the value: it may be the secret itself */
export function reference(given: string): string {
  if (!secretRef.safeParse(given).success) {
    throw new Error('must be a reference, "file:/absolute/path" or "env:NAME", not the secret itself');
  }
  return given;
}

/** Name of a host or a migration. @throws Error that names it */
export function name(given: string): string {
  const { success, error } = hostName.safeParse(given.trim());
  if (!success) throw new Error(`"${given.trim()}" ${error.issues[0]?.message ?? 'is no name'}`);
  return given.trim();
}

/** `NAME=ADDRESS`, several of them with commas between. @throws Error that names the one that is wrong */
export function hosts(given: string): NamedAddress[] {
  return given.split(',').map((part) => {
    const [host = '', address = '', ...more] = part.trim().split('=');
    if (more.length > 0 || host === '' || !isHostAddress(address)) {
      throw new Error(`"${part.trim()}" is not NAME=ADDRESS with an IPv4 address, such as new-1=10.0.2.11`);
    }
    return { name: name(host), address };
  });
}

/** The hub's address, or two of them: for the old and for the new hosts. @throws Error */
export function hubAddresses(given: string): PlanAnswers['hub'] {
  const [forOld = '', forNew = forOld, ...more] = given.split(',').map((part) => part.trim());
  if (more.length > 0 || !isHostAddress(forOld) || !isHostAddress(forNew)) {
    throw new Error('must be one IPv4 address, or two with a comma between: as the old and as the new hosts reach it');
  }
  return [forOld, forNew];
}

const FORMATS = ['yaml', 'json', 'env', 'text'] as const;

/** Format of the apps' file. @throws Error */
export function format(given: string): PlanAnswers['app']['format'] {
  const found = FORMATS.find((one) => one === given);
  if (found === undefined) throw new Error(`must be one of ${FORMATS.join(', ')}`);
  return found;
}

/** The format that the name of a file suggests. */
export function formatOf(path: string): PlanAnswers['app']['format'] {
  if (/\.ya?ml$/.test(path)) return 'yaml';
  if (path.endsWith('.json')) return 'json';
  return path.endsWith('.env') ? 'env' : 'text';
}

/** `KEY=VALUE`, several of them with commas between. @throws Error that names the one that is wrong */
export function keys(given: string): Record<string, string> {
  return Object.fromEntries(
    given.split(',').map((part) => {
      const at = part.indexOf('=');
      if (at < 1) throw new Error(`"${part.trim()}" is not KEY=VALUE, such as elasticsearch.endpoints={{urls}}`);
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    }),
  );
}
