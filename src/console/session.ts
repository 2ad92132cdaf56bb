import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Bytes of a secret: more than anybody can guess. */
const SECRET_BYTES = 32;

/** Header in which the page sends its key. */
export const KEY_HEADER = 'x-bigswitch-key';

/**
 * Who may see the migration, and decide. The token in the address works once and is exchanged for a key, so that an address which
 * stays in a history or a log opens nothing. The page keeps the key to itself, and sends it in a header: a cookie would be sent
 * to every port of this machine, whoever listens there, and by every page of this machine.
 */
export class Session {
  readonly token = newSecret();
  private readonly key = newSecret();
  private used = false;

  /** Exchanges the token for the key. @returns undefined when it is wrong or was used before */
  exchange(token: string): string | undefined {
    if (this.used || !same(token, this.token)) return undefined;
    this.used = true;
    return this.key;
  }

  /** Whether a request has the key. */
  knows(request: IncomingMessage): boolean {
    const given = request.headers[KEY_HEADER];
    return typeof given === 'string' && same(given, this.key);
  }
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Compares without telling by its time where they differ. */
function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
