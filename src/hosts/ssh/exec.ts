import type { NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import type { HostRef } from '../../plan/hosts';
import { bytes } from '../../text/format';
import { scriptFailed, unreachable } from '../errors';
import type { ScriptResult } from '../hosts';

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

/** No session was opened, so the command never began. */
export class NothingRan extends Error {
  /** Whether the host itself said so; else the connection is dead. */
  get refused(): boolean {
    return this.message.includes('Channel open failure');
  }
}

/**
 * Runs a command over one connection and waits for its end.
 * @throws NothingRan when no session could be opened
 * @throws ApplicationFailure HostUnreachable when the connection is lost before the command ended
 * @throws ApplicationFailure ScriptFailed when it was killed, ran out of time or printed more than a script of ours does
 */
export async function execOn(
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
