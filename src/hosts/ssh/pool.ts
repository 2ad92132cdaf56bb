import type { NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import type { HostRef } from '../../plan/hosts';
import { bytes } from '../../text/format';
import { scriptFailed, unreachable } from '../errors';
import type { ScriptResult } from '../hosts';
import { Limit } from './limit';
import { connectSsh, type ConnectDeps } from './connect';

/** sshd allows 10 sessions a connection (MaxSessions); a person may want some of them. */
const SESSIONS = 4;

/** Most that one script may print, in bytes: what a host says without end must not fill the worker's memory. */
const LONGEST_OUTPUT = 16 * 2 ** 20;

/** How one command is run. */
export interface ExecOptions {
  timeoutSeconds: number;
  /** Not over the pooled connection but over a new one of its own. */
  fresh?: boolean;
  /** Stands in stdout when all is said; what still holds the connection open then is not waited for. */
  end?: string;
  /** Asked when all that comes before the command is there: waiting and connecting may have taken long. */
  before?: () => Promise<unknown>;
}

/** Milliseconds that the end of the connection is waited for when all is said. */
const LINGER_MS = 1000;

/** One connection for each host, made when it is first needed and again after it was lost. */
export class SshPool {
  private readonly connections = new Map<string, Promise<NodeSSH>>();
  private readonly limits = new Map<string, Limit>();
  private closed = false;

  constructor(private readonly deps: ConnectDeps) {}

  /**
   * Runs a command and waits for its end.
   * @throws ApplicationFailure HostUnreachable when the connection can't be made or is lost before the command ended
   * @throws ApplicationFailure ScriptFailed when it was killed, ran out of time or printed more than a script of ours does
   */
  async exec(ref: HostRef, command: string, stdin: string, options: ExecOptions): Promise<ScriptResult> {
    if (options.fresh) {
      const ssh = await connectSsh(ref, this.deps);
      try {
        return await execOn(ssh, ref, command, stdin, options);
      } finally {
        ssh.dispose();
      }
    }
    return this.limit(ref)
      .run(async () => {
        const ssh = await this.connection(ref);
        try {
          return await execOn(ssh, ref, command, stdin, options);
        } catch (error) {
          if (!(error instanceof NothingRan)) throw error;
          // The pooled connection was dead already and nothing was run: one new connection is worth a try.
          this.drop(ref, ssh);
          return execOn(await this.connection(ref), ref, command, stdin, options);
        }
      })
      .catch((error: unknown) => {
        throw error instanceof NothingRan
          ? unreachable(ref.name, `no SSH session could be opened (${error.message})`)
          : error;
      });
  }

  /** Opens a connection from the host to an address and port, through the SSH connection. */
  async forward(ref: HostRef, address: string, port: number): Promise<ClientChannel> {
    const ssh = await this.connection(ref);
    const client = ssh.connection;
    if (!client) throw unreachable(ref.name, 'the SSH connection was lost');
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      // ssh2 forgets the callback when the connection ends before the host has answered.
      const lost = () => reject(unreachable(ref.name, 'the SSH connection was lost'));
      client.once('close', lost);
      client.forwardOut('127.0.0.1', 0, address, port, (error, opened) => {
        client.removeListener('close', lost);
        if (error) reject(error);
        else resolve(opened);
      });
    });
    // ssh2 only closes the channel; the one who waits for an answer is to be told why.
    const lost = () => channel.emit('error', unreachable(ref.name, 'the SSH connection was lost'));
    client.once('close', lost);
    channel.once('close', () => client.removeListener('close', lost));
    return channel;
  }

  /** Closes every connection; later calls fail. */
  async close(): Promise<void> {
    this.closed = true;
    const open = [...this.connections.values()];
    this.connections.clear();
    for (const ssh of await Promise.allSettled(open)) if (ssh.status === 'fulfilled') ssh.value.dispose();
  }

  private limit(ref: HostRef): Limit {
    const limit = this.limits.get(key(ref)) ?? new Limit(SESSIONS);
    this.limits.set(key(ref), limit);
    return limit;
  }

  private async connection(ref: HostRef): Promise<NodeSSH> {
    if (this.closed) throw unreachable(ref.name, 'its SSH connections were closed, because the worker stops');
    const pooled = this.connections.get(key(ref));
    if (pooled) return pooled;
    const made = connectSsh(ref, this.deps);
    this.connections.set(key(ref), made);
    const forget = () => {
      if (this.connections.get(key(ref)) === made) this.connections.delete(key(ref));
    };
    made.then((ssh) => ssh.connection?.once('close', forget) ?? forget(), forget);
    return made;
  }

  private drop(ref: HostRef, ssh: NodeSSH): void {
    this.connections.delete(key(ref));
    ssh.dispose();
  }
}

function key(ref: HostRef): string {
  return `${ref.ssh.user}@${ref.ssh.address}:${ref.ssh.port}`;
}

/** No channel was opened, so the command never began. */
class NothingRan extends Error {}

async function execOn(
  ssh: NodeSSH,
  ref: HostRef,
  command: string,
  stdin: string,
  { timeoutSeconds, end, before }: ExecOptions,
): Promise<ScriptResult> {
  await before?.();
  let channel: ClientChannel | undefined;
  let timer: NodeJS.Timeout | undefined;
  let linger: NodeJS.Timeout | undefined;
  let tail = '';
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      if (channel) channel.destroy();
      else ssh.dispose();
      reject(scriptFailed(`${ref.name}: a script gave no answer within ${Math.ceil(timeoutSeconds)} s`));
    }, timeoutSeconds * 1000);
  });
  let printed = 0;
  let tellTooMuch: (error: Error) => void = () => undefined;
  const tooMuch = new Promise<never>((_resolve, reject) => (tellTooMuch = reject));
  const count = (chunk: Buffer | string) => {
    printed += chunk.length;
    if (printed <= LONGEST_OUTPUT) return;
    channel?.destroy();
    tellTooMuch(scriptFailed(`${ref.name}: a script printed more than ${bytes(LONGEST_OUTPUT)}`));
  };
  const run = async () => {
    const result = await ssh.execCommand(command, {
      stdin,
      noTrim: true,
      // node-ssh decodes each chunk by itself, which would break a character that lies across two of them.
      encoding: 'latin1',
      onChannel: (opened) => {
        channel = opened;
        opened.on('error', () => undefined);
        opened.on('data', count);
        opened.stderr.on('data', count);
      },
      onStdout: (chunk) => {
        if (end === undefined || linger !== undefined) return;
        tail += chunk.toString('latin1');
        if (tail.includes(end)) linger = setTimeout(() => channel?.close(), LINGER_MS);
        tail = tail.slice(-end.length);
      },
    });
    if (result.code === null && linger === undefined) {
      throw result.signal === null
        ? unreachable(ref.name, 'the SSH connection was lost while a script was running; what it did is not known')
        : scriptFailed(`${ref.name}: a script was killed by signal ${result.signal}`);
    }
    return { code: result.code, stdout: utf8(result.stdout), stderr: utf8(result.stderr) };
  };
  const ran = run().catch((error: Error) => {
    throw channel ? error : new NothingRan(error.message);
  });
  try {
    return await Promise.race([ran, late, tooMuch]);
  } finally {
    clearTimeout(timer);
    clearTimeout(linger);
    // Whichever promise lost the race may still reject; it was dealt with.
    ran.catch(() => undefined);
    late.catch(() => undefined);
    tooMuch.catch(() => undefined);
  }
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
