import { useEffect, useState } from 'preact/hooks';
import type { View } from '../../view/view';
import type { Demand } from '../demand';
import { proof } from './key';

/** What the page has been told. */
export interface Live {
  view?: View;
  /** Whether the stream of pictures is open. */
  connected: boolean;
  /** Milliseconds since the epoch, of this machine. */
  now: number;
  /** Why there will be no picture: this page was not let in. */
  closed?: string;
}

/** Milliseconds after which a stream that broke is opened again. */
const AGAIN_MS = 1_000;

/** The live picture: a stream of events that is opened again when it breaks. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ connected: false, now: Date.now() });
  useEffect(() => {
    const gone = new AbortController();
    const tell = (change: Partial<Live>) => setLive((last) => ({ ...last, ...change, now: Date.now() }));
    void keepReading(gone.signal, tell);
    // How old the picture is has to be seen even when no new one comes.
    const clock = setInterval(() => tell({}), 5_000);
    return () => {
      gone.abort();
      clearInterval(clock);
    };
  }, []);
  return live;
}

async function keepReading(gone: AbortSignal, tell: (change: Partial<Live>) => void): Promise<void> {
  while (!gone.aborted) {
    try {
      // Not an EventSource: that can send no header, and so has nothing to show but a cookie.
      const answer = await fetch('/events', { headers: proof(), signal: gone });
      if (answer.status === 403) return tell({ connected: false, closed: await answer.text() });
      if (answer.ok && answer.body) {
        tell({ connected: true });
        for await (const view of viewsOf(answer.body)) tell({ view, connected: true });
      }
    } catch {
      // The console is away; it is asked again.
    }
    tell({ connected: false });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function* viewsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<View> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const events = (text + read.value).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = event.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as View;
    }
  }
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
      headers: { 'content-type': 'application/json', ...proof() },
      body: JSON.stringify(demand),
    });
    if (answer.headers.get('content-type') === 'application/json') return (await answer.json()) as Answer;
    return { accepted: false, told: await answer.text() };
  } catch {
    return { accepted: false, told: 'The console does not answer; look before you say it again.' };
  }
}
