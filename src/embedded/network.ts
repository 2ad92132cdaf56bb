import { execFile } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Makes the new network's loopback usable, then becomes the program that is named. */
const LOOPBACK_UP = ['sh', '-c', 'ip link set lo up && exec "$0" "$@"'];
const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 10_000;

/**
 * A network of its own for a program: its loopback is not that of this machine, so nobody but who enters it reaches what listens
 * there. Linux namespaces; the programs are those of util-linux and iproute2.
 */
export class PrivateNetwork {
  private constructor(private readonly user: boolean) {}

  /** @returns undefined where this machine does not let us make one */
  static async tryOne(): Promise<PrivateNetwork | undefined> {
    for (const user of process.getuid?.() === 0 ? [false, true] : [true]) {
      const network = new PrivateNetwork(user);
      const [command, ...args] = network.around(['true']);
      if (
        await run(command, args).then(
          () => true,
          () => false,
        )
      )
        return network;
    }
    return undefined;
  }

  /** The command line that runs a program in a new network; the process stays the same one. */
  around(program: string[]): [command: string, ...args: string[]] {
    // Who is not root may make a network in a user namespace of his own, in which he is who he is, with the rights that it takes.
    return [
      'unshare',
      ...(this.user ? ['--user', '--map-current-user', '--keep-caps'] : []),
      '--net',
      '--',
      ...LOOPBACK_UP,
      ...program,
    ];
  }

  /**
   * The command line that runs a program in the network of a process that `around` has started.
   * @throws Error when that process does not make its network, or has ended
   */
  async inside(pid: number, program: string[]): Promise<[command: string, ...args: string[]]> {
    const end = Date.now() + PATIENCE_MS;
    while (readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net')) {
      if (Date.now() > end) throw new Error(`process ${pid} has not made its network`);
      await sleep(LOOK_EVERY_MS);
    }
    return [
      ...(['nsenter', '--target', String(pid), '--net'] as const),
      ...(this.user ? ['--user', '--preserve-credentials'] : []),
      ...['--', ...program],
    ];
  }
}
