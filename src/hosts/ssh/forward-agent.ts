import { Agent, type ClientRequestArgs } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { shownCa, type Trust } from '../shown-ca';

/** Opens a two-way stream to a port of the host's own address. */
export type Forward = (port: number) => Promise<Duplex>;

/**
 * What `http` expects of a socket, around a stream that goes through SSH. The idle time-out is real: without it a
 * request to a node that hangs would never end.
 */
export class ForwardedSocket extends Duplex {
  private idle: NodeJS.Timeout | undefined;
  private idleMs = 0;

  constructor(private readonly inner: Duplex) {
    super({ allowHalfOpen: false });
    inner.on('data', (chunk: Buffer) => {
      this.touch();
      if (!this.push(chunk)) inner.pause();
    });
    inner.on('end', () => this.push(null));
    inner.on('error', (error: Error) => this.destroy(error));
    inner.on('close', () => this.destroy());
    // A host that closes at once may have done so before anybody could listen.
    if (inner.destroyed) process.nextTick(() => this.destroy(new Error('the connection was closed at once')));
  }

  /** Emits `timeout` after so many milliseconds without traffic; 0 switches it off. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    this.idleMs = milliseconds;
    if (callback) {
      if (milliseconds > 0) this.once('timeout', callback);
      else this.removeListener('timeout', callback);
    }
    this.touch();
    return this;
  }

  /** The SSH connection has its own keepalive. */
  setKeepAlive(): this {
    return this;
  }

  /** ssh2 sends without delay. */
  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** Ends the writing side, then lets go. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {
    this.inner.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.touch();
    this.inner.write(chunk, encoding, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.inner.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.idle);
    this.idleMs = 0;
    this.inner.destroy();
    callback(error);
  }

  private touch(): void {
    clearTimeout(this.idle);
    if (this.idleMs > 0) this.idle = setTimeout(() => this.emit('timeout'), this.idleMs).unref();
  }
}

/** How both agents are told of a connection. */
type Connected = (error: Error | null, stream: Duplex) => void;

/** What each agent keeps open. */
const POOL = { keepAlive: true, maxSockets: 16, maxFreeSockets: 4 };

/** Tells of a connection when it is made. */
function tell(connection: Promise<Duplex>, told?: Connected): undefined {
  connection.then(
    (stream) => told?.(null, stream),
    (error: Error) => (told as ((error: Error) => void) | undefined)?.(error),
  );
}

/** An HTTP agent whose connections are made by `forward`, whatever address the request names. */
export class ForwardAgent extends Agent {
  constructor(private readonly forward: Forward) {
    super(POOL);
  }

  override createConnection(options: ClientRequestArgs, callback?: Connected): Duplex | undefined {
    const forwarded = this.forward(Number(options.port ?? 80));
    return tell(
      forwarded.then((stream) => new ForwardedSocket(stream)),
      callback,
    );
  }
}

/** An HTTPS agent of the same kind: whoever is reached has to prove that it is the node at this address. */
export class ForwardTlsAgent extends TlsAgent {
  constructor(
    private readonly forward: Forward,
    private readonly address: string,
    private readonly trust: Trust,
  ) {
    super(POOL);
  }

  override createConnection(options: ClientRequestArgs, callback?: Connected): Duplex | undefined {
    const forward = () => this.forward(Number(options.port ?? 443));
    const host = this.address;
    const connection = async () => {
      const ca = await this.ca(async () => new ForwardedSocket(await forward()));
      // Said here, as NODE_TLS_REJECT_UNAUTHORIZED=0 in the worker's environment would have anybody believed.
      const strict = { ca, host, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] };
      return connect({ socket: new ForwardedSocket(await forward()), ...strict });
    };
    return tell(connection(), callback);
  }

  private async ca(open: () => Promise<Duplex>): Promise<string> {
    return 'ca' in this.trust ? this.trust.ca : shownCa(open, this.trust.fingerprint);
  }
}
