import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { Client } from '@elastic/elasticsearch';
import { elasticsearchZip } from '../../lab/setup/maven';

/** An account without rights: Elasticsearch refuses to run as root. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** One real Elasticsearch process on a loopback address of its own. */
export interface RealNode {
  name: string;
  address: string;
}

/** Real processes, started and stopped by pid; loopback needs no bootstrap checks. */
export class RealCluster {
  readonly #folder: string;
  readonly #home: string;
  readonly #processes = new Map<string, ChildProcess>();
  #httpPort = 0;
  #transportPort = 0;

  private constructor(
    zip: string,
    readonly clusterName = 'real',
  ) {
    this.#folder = mkdtempSync(join(tmpdir(), 'bigswitch-es-'));
    execFileSync('unzip', ['-q', zip, '-d', this.#folder]);
    const [home] = execFileSync('ls', [this.#folder], { encoding: 'utf8' }).trim().split('\n');
    this.#home = join(this.#folder, home ?? '');
    execFileSync('chmod', ['-R', 'a+rX', this.#folder]);
  }

  get httpPort(): number {
    return this.#httpPort;
  }

  get transportPort(): number {
    return this.#transportPort;
  }

  /** A cluster without a node yet. @throws Error when Elasticsearch is not in the cache */
  static async make(version: string): Promise<RealCluster> {
    const zip = elasticsearchZip(version);
    if (!existsSync(zip)) throw new Error('Elasticsearch is not in the cache: run ./scripts/setup first');
    const cluster = new RealCluster(zip);
    await cluster.choosePorts();
    return cluster;
  }

  /**
   * A cluster of one kind of node, all of them masters, that has formed and is green.
   * @throws Error when Elasticsearch is not in the cache, or the nodes do not form a cluster in two minutes
   */
  static async formed(nodes: [RealNode, ...RealNode[]], version = '7.17.28'): Promise<RealCluster> {
    const cluster = await RealCluster.make(version);
    try {
      const [addresses, names] = [nodes.map(({ address }) => address), nodes.map(({ name }) => name)];
      for (const node of nodes) cluster.start(node, addresses, names);
      await cluster.waitForNode(nodes[0], nodes.length);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** Ports that are free now; each node has an address of its own, so that all of them use the same two. */
  private async choosePorts(): Promise<void> {
    this.#httpPort = await freePort();
    this.#transportPort = await freePort();
  }

  /** Starts a node; it is up when {@link waitForNode} says so. */
  start(node: RealNode, seeds: string[], initialMasters: string[] = [], settings: string[] = []): void {
    const base = join(this.#folder, node.name);
    const config = join(base, 'config');
    mkdirSync(join(base, 'data'), { recursive: true });
    cpSync(join(this.#home, 'config'), config, { recursive: true });
    writeFileSync(
      join(config, 'jvm.options'),
      '-Xms200m\n-Xmx200m\n-XX:TieredStopAtLevel=1\n-XX:+UseSerialGC\n-Djava.io.tmpdir=${ES_TMPDIR}\n',
    );
    writeFileSync(
      join(config, 'elasticsearch.yml'),
      [
        `cluster.name: ${this.clusterName}`,
        `node.name: ${node.name}`,
        `network.host: ${node.address}`,
        `http.port: ${this.#httpPort}`,
        `transport.port: ${this.#transportPort}`,
        `path.data: ${join(base, 'data')}`,
        `path.logs: ${join(base, 'logs')}`,
        `discovery.seed_hosts: [${seeds.map((seed) => `"${seed}:${this.#transportPort}"`).join(', ')}]`,
        ...(initialMasters.length > 0 ? [`cluster.initial_master_nodes: [${initialMasters.join(', ')}]`] : []),
        'xpack.security.enabled: false',
        // All nodes share the disk of this machine: how full it is must not decide where shards go.
        'cluster.routing.allocation.disk.threshold_enabled: false',
        ...settings,
        '',
      ].join('\n'),
    );
    if (isRoot) {
      chownSync(this.#folder, NOBODY, NOBODY);
      execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, base]);
    }
    const child = spawn(join(this.#home, 'bin', 'elasticsearch'), ['--quiet'], {
      cwd: base,
      env: { ...process.env, HOME: base, ES_PATH_CONF: config, ES_JAVA_HOME: javaHome(), ES_TMPDIR: base },
      stdio: ['ignore', 'ignore', openSync(join(base, 'stderr.log'), 'w')],
      ...(isRoot && { uid: NOBODY, gid: NOBODY }),
    });
    this.#processes.set(node.name, child);
  }

  client(node: RealNode): Client {
    return new Client({ node: `http://${node.address}:${this.#httpPort}`, maxRetries: 0, requestTimeout: 20_000 });
  }

  /** Waits until the node answers with the expected number of nodes. */
  async waitForNode(node: RealNode, nodes: number, seconds = 120): Promise<void> {
    const client = this.client(node);
    const end = Date.now() + seconds * 1000;
    for (;;) {
      try {
        const health = await client.cluster.health({ timeout: '1s' });
        if (health.number_of_nodes === nodes && health.status === 'green') break;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      if (Date.now() > end) throw new Error(`${node.name} did not see ${nodes} nodes in ${seconds} s`);
      await new Promise((done) => setTimeout(done, 250));
    }
    await client.close();
  }

  /** Stops one process as a service manager does. */
  async stop(name: string): Promise<void> {
    const child = this.#processes.get(name);
    this.#processes.delete(name);
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(timer);
  }

  /** Holds a process still, as a machine that hangs does. */
  pause(name: string): void {
    this.#processes.get(name)?.kill('SIGSTOP');
  }

  /** Lets a process go on. */
  resume(name: string): void {
    this.#processes.get(name)?.kill('SIGCONT');
  }

  running(name: string): boolean {
    const child = this.#processes.get(name);
    return child !== undefined && child.exitCode === null;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((name) => this.stop(name)));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An agent that connects directly: on loopback there is no SSH between. */
export const directAgent = new Agent({ keepAlive: true });

function javaHome(): string {
  const path = execFileSync('sh', ['-c', 'readlink -f "$(command -v java)"'], { encoding: 'utf8' }).trim();
  return dirname(dirname(path));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
