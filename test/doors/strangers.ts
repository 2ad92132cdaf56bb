import { request, type OutgoingHttpHeaders } from 'node:http';
import execa from 'execa';

/** A user whom nobody on this machine is. */
const NOBODY = '59999';

/** Whether this test may act as somebody else. */
export const canBeAnother = process.getuid?.() === 0;

/** What gRPC says first. */
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

const CALL = `
  const [port, text] = process.argv.slice(1);
  const socket = require('net').connect(Number(port), '127.0.0.1', () => socket.write(Buffer.from(text, 'base64')));
  const end = (told) => { process.stdout.write(told); process.exit(0); };
  socket.on('data', (data) => end('answer ' + data.toString('latin1').slice(0, 60)));
  socket.on('close', () => end('closed')).on('error', () => end('closed'));
`;

/**
 * Connects to a port of loopback and says something, as this user or as another one of this machine.
 * @returns `closed`, or `answer` and what it begins with
 */
export async function call(port: number, text: string, who: 'self' | 'another'): Promise<string> {
  const node = [process.execPath, '-e', CALL, String(port), Buffer.from(text, 'latin1').toString('base64')];
  const [command = '', ...args] =
    who === 'self' ? node : ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--', ...node];
  return (await execa(command, args, { cwd: '/' })).stdout;
}

/** First words by which every door is tried: gRPC, and HTTP as the owner of the door would say it. */
export function firstWords(port: number): string[] {
  return [PREFACE, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, 'GET / HTTP/1.0\r\n\r\n'];
}

/** A message that starts a migration, as Temporal's HTTP API takes it. */
export const START = JSON.stringify({
  workflowType: { name: 'migrateCluster' },
  taskQueue: { name: 'bigswitch' },
  input: { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30=' }] },
});

/** Where Temporal takes such a message: the server itself, and its UI. */
export const PATHS = ['/namespaces/default/workflows/evil', '/api/v1/namespaces/default/workflows/evil'];

/** One HTTP request, headers as given and no others. @returns the status; 0 when the connection is closed instead */
export function ask(
  port: number,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body = '',
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    const nothing = () => resolve({ status: 0, headers: {}, text: '' });
    asked.on('error', nothing).on('response', (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString())).on('error', nothing);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.end(body);
  });
}

/** What a page of another site, or of another port of this machine, can make the person's browser send. */
export function foreign(port: number): OutgoingHttpHeaders[] {
  const own = `127.0.0.1:${port}`;
  const names = [
    `evil.example:${port}`,
    'evil.example',
    '127.0.0.1',
    `127.0.0.2:${port}`,
    `[::1]:${port}`,
    `0.0.0.0:${port}`,
  ];
  const origins = [
    'http://evil.example',
    'http://127.0.0.1:9',
    'http://localhost:9',
    'null',
    `https://${own}`,
    `http://${own}.evil.example`,
  ];
  return [
    ...names.map((host) => ({ host, origin: `http://${host}` })),
    ...names.map((host) => ({ host })),
    ...origins.map((origin) => ({ host: own, origin })),
    { host: own, origin: `http://${own}`, 'sec-fetch-site': 'same-site' },
    { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    { host: own, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ];
}

/** Types that a page may send without being asked first, and the one that it may not. */
export const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'];
