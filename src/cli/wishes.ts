import type { Wish } from '../view/wish';
import { explain } from './explain';
import type { Listed } from './migrations';
import { send } from './send';
import type { Server } from './server';

/**
 * How a seat says something to a migration.
 * @param who tells who says so, once something is said; kept in the audit
 * @returns a function that tells in one sentence what came of a wish; it throws an Error with why it was refused
 */
export function sayFor(server: Server, to: Listed, who: () => string): (wish: Wish) => Promise<string> {
  return async ({ kind, ...message }) => {
    const by = who();
    try {
      await send(server, to, kind, { ...message, by });
    } catch (error) {
      throw explain(error);
    }
    const about = 'gate' in message ? ` of gate ${message.gate}` : '';
    return `${kind}${about} by ${by} is accepted.`;
  };
}
