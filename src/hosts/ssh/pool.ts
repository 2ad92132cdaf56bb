import type { NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import type { HostRef } from '../../plan/hosts';
import { unreachable } from '../errors';
import type { ScriptResult } from '../hosts';
import { connectSsh, type ConnectDeps } from './connect';
import { execOn, NothingRan, type ExecOptions } from './exec';
import { Limit } from './limit';

/** sshd allows 10 sessions a connection (MaxSessions); a person may want some of them. */
const SESSIONS = 4;

/** The host refused one more session on a connection on which others run. */
class TooManySessions extends Error {}

/** One connection for each host, made when it is first needed and again after it was lost. */
export class SshPool {
  private readonly connections = new Map<string, Promise<NodeSSH>>();
  private readonly limits = new Map<string, Limit>();
  /** Commands that run, or are about to, over each connection. */
  private readonly running = new WeakMap<NodeSSH, number>();
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
    for (;;) {
      try {
        return await this.limit(ref).run(() => this.onPooled(ref, command, stdin, options));
      } catch (error) {
        // Its sshd allows fewer sessions than we thought: this one waits for its turn among as many as it allows.
        if (error instanceof TooManySessions) continue;
        if (!(error instanceof NothingRan)) throw error;
        throw unreachable(ref.name, `no SSH session could be opened (${error.message})`);
      }
    }
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

  /** @throws TooManySessions when others run on the connection, and no more are allowed on it */
  private async onPooled(ref: HostRef, command: string, stdin: string, options: ExecOptions): Promise<ScriptResult> {
    const ssh = await this.connection(ref);
    try {
      return await this.counted(ssh, ref, command, stdin, options);
    } catch (error) {
      if (!(error instanceof NothingRan)) throw error;
      const others = this.running.get(ssh) ?? 0;
      if (error.refused && others > 0) {
        this.limit(ref).narrow(others);
        throw new TooManySessions();
      }
      // The pooled connection was dead already and nothing was run: one new connection is worth a try.
      this.drop(ref, ssh);
      return this.counted(await this.connection(ref), ref, command, stdin, options);
    }
  }

  private async counted(
    ssh: NodeSSH,
    ref: HostRef,
    command: string,
    stdin: string,
    options: ExecOptions,
  ): Promise<ScriptResult> {
    const add = (n: number) => this.running.set(ssh, (this.running.get(ssh) ?? 0) + n);
    add(1);
    try {
      return await execOn(ssh, ref, command, stdin, options);
    } finally {
      add(-1);
    }
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
