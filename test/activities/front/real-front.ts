import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { Agent, request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { text } from 'node:stream/consumers';
import { frontConfig, type FrontNode, type FrontSettings } from '../../../src/activities/front/config';
import { parseHaproxyVersion } from '../../../src/activities/front/version';
import { makeCa, makeCertificate } from '../../support/certificates';

/** `HAPROXY` names another program, to try another version. */
const HAPROXY = process.env['HAPROXY'] ?? 'haproxy';
/** The version that is tried. */
export const haproxy = parseHaproxyVersion(execFileSync(HAPROXY, ['-v'], { encoding: 'utf8' })) ?? [0, 0, 0];

/** A SHA-512 crypt hash of few rounds. */
export function hashOf(password: string): string {
  return execFileSync('openssl', ['passwd', '-6', '-salt', 'rounds=1000$test', '-stdin'], {
    input: password,
    encoding: 'utf8',
  }).trim();
}

/** A port that is free now on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A CA and a certificate for loopback addresses, in a folder; the front's two links are beside each other. */
export function makeCertificates(folder: string, addresses: string[]): void {
  makeCa(folder);
  makeCertificate(folder, 'operator', addresses);
  // As the product does it: the operator's files stay where they were.
  symlinkSync(join(folder, 'operator.crt'), join(folder, 'front.pem'));
  symlinkSync(join(folder, 'operator.key'), join(folder, 'front.pem.key'));
}

/** What one front needs to run beside others. */
export interface RealFrontInput {
  /** Folder with the certificates of {@link makeCertificates}. */
  certificates: string;
  /** Loopback address and port on which it listens. */
  address: string;
  port: number;
  nodes: [FrontNode, ...FrontNode[]];
  /** File with the CA of nodes that speak https. */
  nodesCa?: string;
  /** Default: `shop` with {@link PASSWORD}; `null` where the cluster judges. */
  user?: FrontSettings['user'] | null;
  cluster?: Partial<FrontSettings['cluster']>;
}

/** The password of the fronts' user `shop`. */
export const PASSWORD = 'correct horse';
const HASH = hashOf(PASSWORD);

/** A real HAProxy in master-worker mode, as its packaged service runs it, with the product's configuration. */
export class RealFront {
  readonly #folder = mkdtempSync(join(tmpdir(), 'front-'));
  readonly ca: Buffer;
  readonly url: string;
  #master: ChildProcess | undefined;

  constructor(private readonly input: RealFrontInput) {
    const { certificates, address, port, nodes, nodesCa, user, cluster } = input;
    this.ca = readFileSync(join(certificates, 'ca.crt'));
    this.url = `https://${address}:${port}`;
    const config = frontConfig({
      reload: 'reload it',
      haproxy,
      bind: `${address}:${port}`,
      certificate: join(certificates, 'front.pem'),
      nodes,
      nodesCa,
      cluster: {
        name: "shop's",
        version: '7.17.28',
        fronts: [{ name: 'new-1', address: `${address}:${port}` }],
        ...cluster,
      },
      ...(user === null ? {} : { user: user ?? { name: 'shop', hash: HASH } }),
    });
    writeFileSync(this.#config, config, { mode: 0o600 });
    const checked = spawnSync(HAPROXY, ['-c', '-f', this.#config], { encoding: 'utf8' });
    const said = checked.stderr.split('\n').filter((line) => /\[(WARNING|ALERT)\]/.test(line));
    if (checked.status !== 0 || said.length > 0) throw new Error(`${checked.stderr}\n${config}`);
  }

  get #config(): string {
    return join(this.#folder, 'front.cfg');
  }

  /** Starts it and waits until a node behind it answers. */
  async start(): Promise<void> {
    this.#master = spawn(HAPROXY, ['-W', '-db', '-f', this.#config, '-S', join(this.#folder, 'master.sock')], {
      stdio: ['ignore', 'ignore', process.env['HAPROXY_SAYS'] ? 'inherit' : 'ignore'],
    });
    await this.untilAnswers();
  }

  /** Waits until the front answers with something else than 503. */
  async untilAnswers(): Promise<void> {
    const end = Date.now() + 20_000;
    for (;;) {
      const status = await this.ask('/_cluster/health', { agent: false }).then(
        (answer) => answer.status,
        () => 0,
      );
      if (status !== 0 && status !== 503) return;
      if (Date.now() > end) throw new Error(`the front on ${this.url} does not answer: ${status}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** A pool of connections that are kept, as clients have one. */
  agent(): Agent {
    return new Agent({ keepAlive: true, ca: this.ca });
  }

  /** One request with the password, unless `auth` says otherwise. @throws Error when the connection is lost */
  async ask(
    path: string,
    { body, ...options }: RequestOptions & { body?: string } = {},
  ): Promise<{ status: number; text: string; headers: IncomingMessage['headers']; rawHeaders: string[] }> {
    const login = options.auth === '' ? {} : { auth: `shop:${PASSWORD}` };
    const sent = request(this.url + path, { ca: this.ca, ...login, ...options, maxHeaderSize: 1 << 20 });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return {
      status: answer.statusCode ?? 0,
      text: await text(answer),
      headers: answer.headers,
      rawHeaders: answer.rawHeaders,
    };
  }

  /** The bytes of an answer, without anything that reads them. */
  async raw(head: string): Promise<string> {
    const { address, port } = this.input;
    const options: ConnectionOptions = { host: address, port, ca: this.ca };
    const socket = connect(options);
    await once(socket, 'secureConnect');
    socket.write(head);
    return text(socket);
  }

  /** `systemctl reload`: new workers take over. */
  reload(): void {
    this.#master?.kill('SIGUSR2');
  }

  /** Pids of the workers; an old one ends when its last connection has. */
  workers(): number[] {
    const pid = this.#master?.pid;
    if (pid === undefined) return [];
    const found = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return found.stdout.split('\n').map(Number).filter(Boolean);
  }

  /** Sends the signal of a stop and waits for the end. @returns the exit code */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const master = this.#master;
    if (!master || master.exitCode !== null || master.signalCode !== null) return master?.exitCode ?? null;
    const workers = signal === 'SIGKILL' ? this.workers() : [];
    const ended = once(master, 'exit');
    master.kill(signal);
    for (const worker of workers) process.kill(worker, signal);
    await ended;
    return master.exitCode;
  }

  /** Ends it at once, and removes its files. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
