import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { refusal } from '../doors/own-page';
import { ownGuard } from '../doors/peer';
import { everyText, harmless, harmlessJson } from '../text/harmless';
import { html } from '../text/html';
import type { View } from '../view/view';
import type { Wish } from '../view/wish';
import { readDemand, readEntry } from './demand';
import { HEADERS } from './headers';
import { Session } from './session';
import { Streams } from './streams';

/** What the console serves. */
export interface ConsoleOptions {
  /** Who decides, as the audit will have it. */
  by: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Folder of the bundled page. */
  pageFolder: string;
  /** Says something to the migration. @returns what came of it, one sentence @throws Error with why it was refused */
  say(wish: Wish): Promise<string>;
  /** The address was used: a page is in. */
  entered?(): void;
}

/** Loopback alone, and there this user alone: nobody else can see the cluster's names, or decide. */
const HOST = '127.0.0.1';
/** Longest body that is read, in bytes. */
const LONGEST_BODY = 16_384;

const FILES: Record<string, [file: string, type: string]> = {
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

/** The page on loopback, and the live picture for it. */
export class ConsoleServer {
  private readonly server: Server;
  private readonly streams = new Streams();
  private session?: Session;
  private host = '';
  private view?: View;

  constructor(private readonly options: ConsoleOptions) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else reply(response, 500, error instanceof Error ? error.message : String(error));
      });
    });
    const guard = ownGuard();
    // Ahead of the server's own listener, which begins to read.
    this.server.prependListener('connection', (socket) => {
      if (!guard.admits(socket)) socket.destroy();
    });
  }

  /** Begins to serve. @returns the address with its one-time token @throws Error when the port is taken */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.options.port, HOST, resolve);
    });
    const { port } = this.server.address() as AddressInfo;
    this.host = `${HOST}:${port}`;
    this.session = new Session();
    // Behind the #, which browsers keep to themselves: it is sent to no server, and stands in no log.
    return `http://${this.host}/#${this.session.token}`;
  }

  /** Shows a new picture on every page. */
  show(view: View): void {
    this.view = view;
    this.streams.send('view', view);
  }

  /** Ends it, with every page's stream. */
  async close(): Promise<void> {
    this.streams.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { session } = this;
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const no = refusal(request, [this.host]);
    if (no || !session) return reply(response, no?.status ?? 421, no?.why ?? CLOSED);
    const [path = ''] = (request.url ?? '').split('?');
    if (request.method === 'POST' && path === '/enter') return this.enter(request, response, session);
    if (request.method === 'POST' && path === '/say') return this.say(request, response, session);
    if (request.method !== 'GET') return reply(response, 405, 'Only GET, POST /enter and POST /say.');
    if (path === '/') return page(response);
    if (path === '/events') return session.knows(request) ? this.streams.add(response) : reply(response, 403, CLOSED);
    const file = FILES[path];
    if (!file) return reply(response, 404, 'There is nothing here.');
    response.writeHead(200, { 'Content-Type': file[1] }).end(await readFile(join(this.options.pageFolder, file[0])));
  }

  private async enter(request: IncomingMessage, response: ServerResponse, session: Session): Promise<void> {
    if (!isJson(request)) return reply(response, 415, 'JSON is expected.');
    const token = await bodyOf(request)
      .then(readEntry)
      .catch(() => undefined);
    const key = token === undefined ? undefined : session.exchange(token);
    if (key === undefined) return reply(response, 403, CLOSED);
    json(response, 200, { key, by: this.options.by });
    this.options.entered?.();
  }

  private async say(request: IncomingMessage, response: ServerResponse, session: Session): Promise<void> {
    if (!session.knows(request)) return reply(response, 403, CLOSED);
    if (!isJson(request)) return reply(response, 415, 'JSON is expected.');
    let wish: Wish;
    try {
      wish = readDemand(await bodyOf(request), this.view?.gate);
    } catch (error) {
      return json(response, 400, { accepted: false, told: reasonOf(error) });
    }
    try {
      json(response, 200, { accepted: true, told: await this.options.say(wish) });
    } catch (error) {
      json(response, 409, { accepted: false, told: reasonOf(error) });
    }
  }
}

const CLOSED = 'This address was used already, or is not whole. Run `bigswitch console` again for a new one.';

function isJson({ headers }: IncomingMessage): boolean {
  return headers['content-type'] === 'application/json';
}

/** The empty page: whatever is to be seen on it is asked for with the key. */
function page(response: ServerResponse): void {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>bigswitch</title>
        <link rel="stylesheet" href="/page.css" />
        <script src="/page.js" defer></script>
      </head>
      <body>
        <div id="page"><p role="status">Waiting for the first picture of the migration.</p></div>
      </body>
    </html>`;
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(document.text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_BODY) throw new Error('This is too long.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${harmless(text)}\n`);
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(harmlessJson(everyText(value, harmless)));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
