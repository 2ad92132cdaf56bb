import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { OPEN, type Guard } from './peer';
import { refusal } from './own-page';

/** A door in front of a web page that takes requests from anybody. */
export interface UiDoorOptions {
  /** `HOST:PORT` under which people find it; under any other name it is closed. */
  hosts: readonly string[];
  /** Where the page itself is. */
  to: { host: string; port: number };
  /** Whose connections are served. @default everybody's */
  guard?: Guard;
}

/** Headers that are between two neighbours only. */
const HOP_BY_HOP = [
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade'],
];

/** Said of every page: no other page may show it in a frame, or learn from it that it is here. */
const CLOSED_TO_OTHERS = {
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * Passes on to Temporal's UI what comes from its own pages, and nothing else. The UI answers under any name, and what it takes
 * as proof of its own page is a cookie, which pages of other ports of this machine can set and read.
 * @returns a server that does not listen yet
 */
export function uiDoor({ hosts, to, guard = OPEN }: UiDoorOptions): Server {
  const server = createServer((request, response) => {
    const no = refusal(request, hosts);
    if (no) {
      request.resume();
      response.writeHead(no.status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${no.why}\n`);
    } else passOn(request, response, to);
  });
  // Ahead of the server's own listener, which begins to read.
  server.prependListener('connection', (socket) => {
    if (!guard.admits(socket)) socket.destroy();
  });
  return server;
}

function passOn(request: IncomingMessage, response: ServerResponse, to: UiDoorOptions['to']): void {
  const asked = ask({ ...to, method: request.method, path: request.url, headers: passed(request.headers) });
  const failed = () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' }).end('The page does not answer.\n');
  };
  asked.on('error', failed).on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...passed(answer.headers), ...CLOSED_TO_OTHERS });
    answer.on('error', failed).pipe(response);
  });
  response.on('close', () => asked.destroy());
  request.pipe(asked);
}

function passed(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
