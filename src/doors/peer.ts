import { openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import type { Socket } from 'node:net';

/** Where Linux tells of every IPv4 connection of this network, with the user whose it is. */
const TABLE = '/proc/net/tcp';
/** State of a connection that is open on both sides, as the table has it. */
const ESTABLISHED = '01';
const CHUNK = 65_536;

/** Who is at the other end of a connection. */
export interface Guard {
  /** Whether the connection may be served. Asked when it is new, before a byte of it is read. */
  admits(socket: Socket): boolean;
}

/** Lets everybody in: where the system does not tell who is there. */
export const OPEN: Guard = { admits: () => true };

/**
 * Opens the table that tells whose a connection is. It stays that of the network in which it was opened, in whichever network
 * it is read.
 * @returns a file descriptor; undefined where the system has no such table
 */
export function openPeers(): number | undefined {
  try {
    return openSync(TABLE, 'r');
  } catch {
    return undefined;
  }
}

/**
 * Lets in what processes of one user of this machine have connected over loopback, and nobody else, root included: a program
 * that root runs may well pass on what others send it.
 * @param peers from `openPeers`
 * @param uid as the table has it
 */
export function onlyUser(peers: number, uid: number): Guard {
  return { admits: (socket) => uidOf(readTable(peers), socket) === uid };
}

/** The guard of this machine for the user who runs this process; open to all where the system can't tell. */
export function ownGuard(): Guard {
  const peers = openPeers();
  return peers === undefined || !process.getuid ? OPEN : onlyUser(peers, process.getuid());
}

/**
 * The user at the other end of a connection over IPv4 loopback.
 * @param table text of `/proc/net/tcp`
 * @returns undefined when the other end is not of this machine, or is no longer open: then the table names no user
 */
export function uidOf(
  table: string,
  {
    remoteAddress,
    remotePort,
    localAddress,
    localPort,
  }: Pick<Socket, 'remoteAddress' | 'remotePort'> & {
    localAddress?: string;
    localPort?: number;
  },
): number | undefined {
  const theirs = spelled(remoteAddress, remotePort);
  const ours = spelled(localAddress, localPort);
  if (theirs === undefined || ours === undefined) return undefined;
  for (const line of table.split('\n')) {
    const [, local, remote, state, , , , uid] = line.trim().split(/\s+/);
    if (local === theirs && remote === ours && state === ESTABLISHED) return Number(uid);
  }
  return undefined;
}

/** An address as the table has it: the bytes of the word as this machine stores them, and the port, both in hex. */
function spelled(address: string | undefined, port: number | undefined): string | undefined {
  const bytes = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.(\d+)$/
    .exec(address ?? '')
    ?.slice(1)
    .map(Number);
  if (!bytes || port === undefined) return undefined;
  if (endianness() === 'LE') bytes.reverse();
  const hex = (number: number, digits: number) => number.toString(16).toUpperCase().padStart(digits, '0');
  return `${bytes.map((byte) => hex(byte, 2)).join('')}:${hex(port, 4)}`;
}

function readTable(peers: number): string {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const part = Buffer.alloc(CHUNK);
    const length = readSync(peers, part, 0, CHUNK, at);
    if (length === 0) return Buffer.concat(parts).toString('latin1');
    parts.push(part.subarray(0, length));
    at += length;
  }
}
