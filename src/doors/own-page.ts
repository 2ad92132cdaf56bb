import type { IncomingMessage } from 'node:http';

/** Why a request is not answered. */
export interface Refusal {
  status: 400 | 403 | 421;
  why: string;
}

/** Methods that change nothing. */
const LOOKS = ['GET', 'HEAD'];

/**
 * Whether a request comes from a page of ours, or from a person who typed or followed an address. Loopback is no protection from
 * the person's own browser: any site may send requests here, and by a name of its own that leads here (DNS rebinding) its pages
 * would count as ours.
 * @param hosts `HOST:PORT` under which we are to be found; nothing else is ours
 * @returns undefined when it may be answered
 */
export function refusal(request: IncomingMessage, hosts: readonly string[]): Refusal | undefined {
  const { headers, method = '', url = '' } = request;
  const named = request.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  if (named !== 1 || !hosts.includes(headers.host ?? '')) return { status: 421, why: 'Not this host.' };
  if (!url.startsWith('/')) return { status: 400, why: 'Not an address of a page here.' };
  const own = `http://${headers.host}`;
  const looks = LOOKS.includes(method);
  if (headers.origin === undefined ? !looks : headers.origin !== own) return { status: 403, why: FOREIGN };
  if (!fetchedByUs(request, looks)) return { status: 403, why: FOREIGN };
  return undefined;
}

const FOREIGN = 'This comes from a page of somebody else.';

/** What the browser says of who asks. Programs say nothing, and are no page. */
function fetchedByUs({ headers }: IncomingMessage, looks: boolean): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  // A link in a notice leads here from elsewhere; the page that has it sees nothing of the answer.
  return looks && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}
