import { closeSync } from 'node:fs';
import type { Server } from 'node:net';
import { extname, join } from 'node:path';
import { openPeers } from '../doors/peer';
import { devServerArgs } from './dev-server';
import type { DoorOrder, DoorSocket } from './door';
import { PrivateNetwork } from './network';
import { freePort, startProcess, tryListen, type Handed, type Started } from './processes';

/** Which server is to be started, and where it is found. */
export interface ServerOptions {
  /** For the database, logs and what is to be stopped at the next start. */
  folder: string;
  /** Port on 127.0.0.1 at which the server is found. */
  port: number;
  /** Port on 127.0.0.1 at which its UI is found. */
  uiPort: number;
  /**
   * Whether it may be that every user of this machine reaches the server: where it can have no network of its own. There is no
   * UI then, since every web page of the person's own browser would reach it too.
   */
  openToLocalUsers: boolean;
  /** The `temporal` program. */
  temporal: string;
}

/** Something else listens where the server is to. */
export class PortTakenError extends Error {
  constructor(readonly port: number) {
    super(`port ${port} of 127.0.0.1 is taken`);
  }
}

/** The server would be open to every user of this machine. */
export class OpenToLocalUsersError extends Error {
  constructor() {
    super('the server can have no network of its own on this machine');
  }
}

/** Number of the first file that a program gets from us. */
const FIRST_FILE = 3;

/**
 * Starts a dev server, which asks nobody for a password, in a network of its own, and the door to it, which lets in what this
 * user has connected on this machine, and to the UI nothing but its own pages.
 * @param started is told of each part as soon as it runs
 * @throws PortTakenError or OpenToLocalUsersError; then nothing was started
 */
export async function startServer(
  options: ServerOptions,
  started: (part: Started) => void,
): Promise<{ server: Started; door: Started; uiUrl?: string }> {
  const { folder, port, uiPort } = options;
  const network = await PrivateNetwork.tryOne();
  if (!network && !options.openToLocalUsers) throw new OpenToLocalUsersError();
  const sockets = await listen(network ? { server: port, ui: uiPort } : { server: port });
  try {
    // Outside a network of its own it needs another port than the door.
    const to = network ? { port, uiPort } : { port: await freePort(0) };
    const program = [options.temporal, ...devServerArgs({ folder, ...to })];
    const run = (name: 'temporal' | 'door', [command = '', ...args]: string[], handed: Handed = {}) => {
      const part = startProcess(folder, name, command, args, {}, handed);
      started(part);
      return part;
    };
    const server = run('temporal', network ? network.around(program) : program);
    const door = await startDoor(server, { to, network, sockets, run: (line, handed) => run('door', line, handed) });
    return { server, door, ...(network && { uiUrl: `http://127.0.0.1:${uiPort}` }) };
  } catch (error) {
    for (const socket of Object.values(sockets)) socket.close();
    throw error;
  }
}

interface DoorParts {
  to: DoorOrder['to'];
  network?: PrivateNetwork;
  sockets: Partial<Record<DoorSocket, Server>>;
  run: (line: string[], handed: Handed) => Started;
}

async function startDoor(server: Started, { to, network, sockets, run }: DoorParts): Promise<Started> {
  const peers = openPeers();
  try {
    const guard = peers === undefined ? {} : { uid: process.getuid?.(), peers: FIRST_FILE };
    const order: DoorOrder = { to, ...guard };
    const door = join(__dirname, `door${extname(__filename)}`);
    const line = [process.execPath, ...process.execArgv, door, JSON.stringify(order)];
    const files = peers === undefined ? [] : [peers];
    return run(network ? await network.inside(server.pid, line) : line, { files, sockets });
  } finally {
    if (peers !== undefined) closeSync(peers);
  }
}

/** @throws PortTakenError; then none of them is held */
async function listen(ports: Partial<Record<DoorSocket, number>>): Promise<Partial<Record<DoorSocket, Server>>> {
  const sockets: Partial<Record<DoorSocket, Server>> = {};
  for (const [name, port] of Object.entries(ports) as [DoorSocket, number][]) {
    sockets[name] = await tryListen(port);
    if (sockets[name] !== undefined) continue;
    for (const socket of Object.values(sockets)) socket?.close();
    throw new PortTakenError(port);
  }
  return sockets;
}
