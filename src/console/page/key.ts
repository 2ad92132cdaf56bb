/** Who has opened this page, and what proves it. */
export interface Own {
  key: string;
  /** Who decides, as the audit will have it. */
  by: string;
}

/** In the storage of this tab and this very address, port included. */
const PLACE = 'bigswitch';

/** What was kept by `enter`; undefined on a page that was not let in. */
export function own(): Own | undefined {
  const kept = sessionStorage.getItem(PLACE);
  return kept === null ? undefined : (JSON.parse(kept) as Own);
}

/** Exchanges the token in the address for a key, once, and takes it out of the address. A page that is in already stays in. */
export async function enter(): Promise<void> {
  const token = location.hash.slice(1);
  if (token === '') return;
  history.replaceState(null, '', '/');
  const answer = await fetch('/enter', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (answer.ok) sessionStorage.setItem(PLACE, await answer.text());
}

/** Headers that prove who asks. */
export function proof(): Record<string, string> {
  return { 'x-bigswitch-key': own()?.key ?? '' };
}
