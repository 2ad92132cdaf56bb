import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A socket that a process listens on. */
export interface Listening {
  pid: number;
  /** Program, as the kernel has its name. */
  program: string;
  address: string;
  port: number;
}

/** State of a socket that takes connections, as /proc/net/tcp has it. */
const LISTEN = '0A';

/** A process and all that descend from it. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = quietly(
      () =>
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1],
    );
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const tree = [root];
  for (const pid of tree) tree.push(...[...parents].filter(([, parent]) => parent === pid).map(([child]) => child));
  return tree;
}

/**
 * What these processes listen on in the network of this test, by what the kernel says of their open files: what is reached only
 * from inside a network of their own is left out.
 */
export function listening(pids: number[]): Listening[] {
  const sockets = [...socketsIn('/proc/self/net/tcp'), ...socketsIn('/proc/self/net/tcp6')];
  return pids.flatMap((pid) => {
    const open = quietly(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
    const inodes = open.flatMap((fd) => {
      const target = quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '';
      return /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? [];
    });
    const program = quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) ?? '';
    return sockets
      .filter(({ inode }) => inodes.includes(inode))
      .map(({ address, port }) => ({ pid, program, address, port }));
  });
}

function socketsIn(table: string) {
  const [, ...lines] = readFileSync(table, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === LISTEN ? [{ address: dotted(address), port: parseInt(port, 16), inode }] : [];
  });
}

function dotted(hex: string): string {
  if (hex.length !== 8) return hex;
  return [6, 4, 2, 0].map((at) => parseInt(hex.slice(at, at + 2), 16)).join('.');
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
