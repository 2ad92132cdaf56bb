import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Bytes of a secret: more than anybody can guess. */
const SECRET_BYTES = 32;

/**
 * Who may see the page. The token in the address works once and is exchanged for a cookie, so that an address which stays in a
 * history or a log opens nothing; what is said to the migration has to carry a second secret that only our own page was told.
 */
export class Session {
  readonly token = newSecret();
  /** Told to the page alone; another site can make a browser send the cookie, but can't read this. */
  readonly csrf = newSecret();
  private readonly cookie = newSecret();
  private used = false;

  /** @param port part of the cookie's name, as cookies don't know ports */
  constructor(private readonly port: number) {}

  /** Exchanges the token for the value of `Set-Cookie`. @returns undefined when it is wrong or was used before */
  exchange(token: string): string | undefined {
    if (this.used || !same(token, this.token)) return undefined;
    this.used = true;
    return `${this.name()}=${this.cookie}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** Whether a request has the cookie. */
  knows(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
    const own = cookies.find((part) => part.startsWith(`${this.name()}=`));
    return own !== undefined && same(own.slice(this.name().length + 1), this.cookie);
  }

  /** Whether what is sent comes from our own page. */
  mayChange(request: IncomingMessage, origin: string): boolean {
    const given = request.headers['x-bigswitch-csrf'];
    return (
      this.knows(request) && request.headers.origin === origin && typeof given === 'string' && same(given, this.csrf)
    );
  }

  private name(): string {
    return `bigswitch-${this.port}`;
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
