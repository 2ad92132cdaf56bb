import { useEffect, useState } from 'preact/hooks';
import type { View } from '../../view/view';
import type { Demand } from '../demand';

/** What the page has been told. */
export interface Live {
  view?: View;
  /** Whether the stream of pictures is open. */
  connected: boolean;
  /** Milliseconds since the epoch, of this machine. */
  now: number;
}

/** The live picture: a stream of events that the browser opens again when it breaks. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ connected: false, now: Date.now() });
  useEffect(() => {
    const stream = new EventSource('/events');
    stream.addEventListener('view', ({ data }: MessageEvent<string>) =>
      setLive({ view: JSON.parse(data) as View, connected: true, now: Date.now() }),
    );
    stream.addEventListener('open', () => setLive((live) => ({ ...live, connected: true })));
    stream.addEventListener('error', () => setLive((live) => ({ ...live, connected: false })));
    // How old the picture is has to be seen even when no new one comes.
    const clock = setInterval(() => setLive((live) => ({ ...live, now: Date.now() })), 5_000);
    return () => {
      stream.close();
      clearInterval(clock);
    };
  }, []);
  return live;
}

/** What the server has put into the page. */
export function metaOf(name: 'by' | 'csrf'): string {
  return document.querySelector(`meta[name="bigswitch-${name}"]`)?.getAttribute('content') ?? '';
}

/** What came of a demand. */
export interface Answer {
  accepted: boolean;
  told: string;
}

/** Says something to the migration; it never throws. */
export async function say(demand: Demand): Promise<Answer> {
  try {
    const answer = await fetch('/say', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-bigswitch-csrf': metaOf('csrf') },
      body: JSON.stringify(demand),
    });
    if (answer.headers.get('content-type') === 'application/json') return (await answer.json()) as Answer;
    return { accepted: false, told: await answer.text() };
  } catch {
    return { accepted: false, told: 'The console does not answer; look before you say it again.' };
  }
}
