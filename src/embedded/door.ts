import { connect, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import { onlyUser, OPEN, type Guard } from '../doors/peer';
import { uiDoor } from '../doors/ui-door';

/** What the process of the door is told; the sockets that it serves are sent to it. */
export interface DoorOrder {
  /** Ports of the server and of its UI on the loopback of the network in which the door runs; no UI, no port. */
  to: { port: number; uiPort?: number };
  /** The only user who is served, as `/proc/net/tcp` has him. */
  uid?: number;
  /** Where that table is open. */
  peers?: number;
}

/** Which socket is sent. */
export type DoorSocket = 'server' | 'ui';

const LOOPBACK = '127.0.0.1';

/** Passes on what the guard lets in, byte by byte, to a port of loopback. */
export function passOn(socket: Socket, port: number, guard: Guard): void {
  if (!guard.admits(socket)) {
    socket.destroy();
    return;
  }
  const inner = connect(port, LOOPBACK);
  const ended = () => undefined;
  pipeline(socket, inner, ended);
  pipeline(inner, socket, ended);
}

/**
 * The process between this machine's loopback and the network of the server: the sockets that it takes connections from are
 * made outside, where people are; what it connects to is inside.
 */
function main({ to, uid, peers }: DoorOrder): void {
  const guard = uid === undefined || peers === undefined ? OPEN : onlyUser(peers, uid);
  process.on('message', (which: DoorSocket, socket: Server) => {
    if (which === 'server') return void socket.on('connection', (one: Socket) => passOn(one, to.port, guard));
    const address = socket.address();
    if (to.uiPort === undefined || address === null || typeof address === 'string') return;
    const hosts = [`${LOOPBACK}:${address.port}`, `localhost:${address.port}`];
    const ui = uiDoor({ hosts, to: { host: LOOPBACK, port: to.uiPort }, guard });
    socket.on('connection', (one: Socket) => ui.emit('connection', one));
  });
  process.once('SIGTERM', () => process.exit(0));
}

if (require.main === module) main(JSON.parse(process.argv[2] ?? '{}') as DoorOrder);
