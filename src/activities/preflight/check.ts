import type { Check } from '../../contract/evidence';
import { cut } from '../../text/harmless';

/** Most characters of what was seen that one check tells: hosts and clusters may say much, and all of it goes into the history. */
const LONGEST_SEEN = 2000;
/** The same for what to do about it, which may be a list of commands. */
const LONGEST_REMEDY = 4000;

function check(result: Check['result'], waivable: boolean) {
  return (name: string, subject: string, seen: string, remedy: string): Check => {
    return { name, subject, result, seen: cut(seen, LONGEST_SEEN), remedy: cut(remedy, LONGEST_REMEDY), waivable };
  };
}

/** A check that holds. */
export function passed(name: string, seen: string, subject = ''): Check {
  return { name, subject, result: 'ok', seen: cut(seen, LONGEST_SEEN), waivable: true };
}

/** Something that a person should know; the migration goes on. */
export const warned = check('warn', true);

/** A check that fails, and that a person may accept by name in the plan. */
export const failed = check('failed', true);

/** A check that fails, and that nobody may waive, because going on would break a promise. */
export const refused = check('failed', false);

/** What was found, or one check that says that all is well. */
export function judged(name: string, found: Check[], seen: string): Check[] {
  return found.length > 0 ? found : [passed(name, seen)];
}

/**
 * What can't be seen fails: unknown is never good.
 * @param what the sentence's subject
 * @param judge whether a person may accept that; by default nobody may
 */
export async function looked(
  name: string,
  what: string,
  look: () => Promise<Check[]>,
  judge: typeof refused = refused,
): Promise<Check[]> {
  try {
    return await look();
  } catch (error) {
    return [judge(name, '', `${what} could not be seen: ${(error as Error).message}`, 'try again')];
  }
}
