import type { Check } from '../../contract/evidence';

/** A check that holds. */
export function passed(name: string, seen: string, subject = ''): Check {
  return { name, subject, result: 'ok', seen, waivable: true };
}

/** Something that a person should know; the migration goes on. */
export function warned(name: string, subject: string, seen: string, remedy: string): Check {
  return { name, subject, result: 'warn', seen, remedy, waivable: true };
}

/** A check that fails, and that a person may accept by name in the plan. */
export function failed(name: string, subject: string, seen: string, remedy: string): Check {
  return { name, subject, result: 'failed', seen, remedy, waivable: true };
}

/** A check that fails, and that nobody may waive, because going on would break a promise. */
export function refused(name: string, subject: string, seen: string, remedy: string): Check {
  return { name, subject, result: 'failed', seen, remedy, waivable: false };
}

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
