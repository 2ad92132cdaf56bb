/** What a host's name or address is made of; a template has more. */
const HOST = /^[\w.-]+$|^\[[\da-f:.]+\]$/i;

/** The host that an address names, with or without scheme, login, port and path; none where it is no address. Pure. */
export function hostIn(address: string): string[] {
  const whole = /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
  const host = URL.canParse(whole) ? new URL(whole).hostname : '';
  return HOST.test(host) ? [host] : [];
}
