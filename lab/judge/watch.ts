import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dockerEnv } from '../docker';
import { addressOf, hostsOf, HTTP_PORT } from '../layout';
import { LIFE } from '../life/habits';
import { isSecured, shapeOf } from '../shapes';
import { NODE_CERTIFICATES } from '../shapes/secured';
import type { LabHost, LabState } from '../types';
import { OPERATOR, operatorPassword } from '../users';
import { WATCH_SCRIPT } from './watch-script';

/** What a node knows by itself. */
export interface View {
  cluster_uuid?: string;
  /** Its id. */
  master_node?: string | null;
  nodes?: Record<string, { name?: string }>;
  /** Copies by the id of their node. */
  routing_nodes?: { nodes?: Record<string, { state?: string }[]> };
}

/** One look of one host at itself. */
export interface Look {
  host: string;
  /** When it began and ended, ms since the epoch. */
  from: number;
  to: number;
  /** Received and sent bytes by tun device. */
  tun: Record<string, [number, number]>;
  /** HTTP status of its Elasticsearch; 0 when there was no answer. */
  status: number;
  /** The answer. */
  body: unknown;
  /** When it had told what it knows by itself, ms since the epoch, and that; null when it did not. */
  viewed: number;
  view: View | null;
}

/** What health is asked of: everything, but for indices of a life beside the apps, which come into being and go at any moment. */
function watchedIndices({ options }: LabState): string {
  return (shapeOf(options.shape).life ?? []).length > 0 ? `/*,-${LIFE}*` : '';
}

/** Hosts that are watched all the time. */
export interface Watch {
  looks: Look[];
  stop(): Promise<void>;
}

/** Watches hub and nodes, each by a process inside it; one that ends (a reboot) is started again. */
export function startWatch(lab: LabState, outDir: string): Watch {
  const looks: Look[] = [];
  mkdirSync(outDir, { recursive: true });
  const file = createWriteStream(join(outDir, 'health.ndjson'));
  const watchers = [...hostsOf(lab.hosts, 'hub'), ...hostsOf(lab.hosts, 'old'), ...hostsOf(lab.hosts, 'new')].map(
    (host) => new Watcher(host, lab, (look) => keep(look, looks, file)),
  );
  let ended: Promise<void> | undefined;
  return {
    looks,
    stop: () => (ended ??= Promise.all(watchers.map((watcher) => watcher.stop())).then(() => close(file))),
  };
}

function keep(look: Look, looks: Look[], file: WriteStream): void {
  looks.push(look);
  file.write(`${JSON.stringify(look)}\n`);
}

function close(file: WriteStream): Promise<void> {
  return new Promise((resolve) => file.end(() => resolve()));
}

/** Reads a line of the watch script. @returns undefined when it is torn, as by a reboot: then that look says nothing */
export function parseLook(host: string, line: string): Look | undefined {
  try {
    const look = JSON.parse(line) as Omit<Look, 'host'>;
    return Number.isFinite(look.from) && Number.isFinite(look.to) ? { host, ...look } : undefined;
  } catch {
    return undefined;
  }
}

class Watcher {
  private child: ChildProcess | undefined;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly host: LabHost,
    private readonly lab: LabState,
    private readonly onLook: (look: Look) => void,
  ) {
    this.start();
  }

  private start(): void {
    const address = this.host.role === 'hub' ? '' : addressOf(this.host);
    const ca = `/etc/elasticsearch/${NODE_CERTIFICATES}/ca.crt`;
    const command = ['bash', '-c', WATCH_SCRIPT, 'judge', address, String(HTTP_PORT), ca, watchedIndices(this.lab)];
    const login = isSecured(this.host.settings) ? `${OPERATOR}:${operatorPassword()}` : '';
    const child = spawn('docker', ['exec', '-i', '-e', 'LAB_LOGIN', this.host.container, ...command], {
      env: { ...process.env, ...dockerEnv(this.lab.dockerHost), LAB_LOGIN: login },
      stdio: ['pipe', 'pipe', 'ignore'],
      // A Ctrl-C is for the demo, which stops the judge in its own order.
      detached: true,
    });
    this.child = child;
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const look = parseLook(this.host.name, line);
      if (look && !this.stopped) this.onLook(look);
    });
    child.once('error', () => this.startAgain());
    child.once('close', () => this.startAgain());
  }

  private startAgain(): void {
    if (!this.stopped && this.again === undefined) {
      this.again = setTimeout(() => {
        this.again = undefined;
        this.start();
      }, 500);
    }
  }

  /** The script ends when its input does; a client that hangs is killed. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
    await closed;
    clearTimeout(timer);
  }
}
