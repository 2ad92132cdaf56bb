import type { ServerResponse } from 'node:http';
import { everyText, harmless, harmlessJson } from '../text/harmless';

/** A word now and then, so that a connection that is dead is noticed. */
const WORD_MS = 15_000;

/** The pages that are open, each with a stream of events; a new one gets the last event at once. */
export class Streams {
  private readonly open = new Set<ServerResponse>();
  private last?: string;
  private readonly words = setInterval(() => this.write(': still here\n\n'), WORD_MS).unref();

  /** Sends an event to every page; every text in it is cleaned here, whatever field it stands in. */
  send(event: string, data: unknown): void {
    this.last = `event: ${event}\ndata: ${harmlessJson(everyText(data, harmless))}\n\n`;
    this.write(this.last);
  }

  /** Keeps this answer open as a stream. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    // At once, so that the page knows that it is connected.
    response.write(`: here\n\n${this.last ?? ''}`);
    this.open.add(response);
    response.on('close', () => this.open.delete(response));
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.words);
    for (const response of this.open) response.end();
  }

  private write(text: string): void {
    // A page that does not read gets only what it can take: the next picture replaces this one.
    for (const response of this.open) if (!response.writableNeedDrain) response.write(text);
  }
}
