import { TEST_SERVER } from '../deps';
import { Agent } from 'node:http';
import pino from 'pino';
import type { Deps } from '../../../src/activities/deps';
import { createModelAccess } from '../../../src/dry-run/cluster/access';
import { ClusterModel } from '../../../src/dry-run/cluster/model';
import type { ClusterState } from '../../../src/dry-run/cluster/state';
import { readFileScript } from '../../../src/hosts/read-file';
import type { Hosts, ScriptResult } from '../../../src/hosts/hosts';
import type { IndexInfo } from '../../../src/elasticsearch/settings/settings';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';
import { parsePlan } from '../../../src/plan/parse';
import type { Plan, PlanInput } from '../../../src/plan/schema';
import { planInput } from '../../workflows/support/plan';

export const MIB = 2 ** 20;
const GIB = 2 ** 30;
const PASSWORD = 'correct-horse-battery';

/** Hosts that can be read. Whatever would change one fails the test. */
export class ReadOnlyHosts implements Hosts {
  /** Files by `host:path`. */
  readonly files = new Map<string, string>();
  /** Every script that was run, by host. */
  readonly scripts: { host: string; script: string }[] = [];
  /** Steps whose check says that nothing is to be done, by a part of their check. */
  done: string[] = [];
  /** Whether the hub's port can be reached, to measure the way there. */
  reachable = true;

  async read(host: { name: string }, script: string): Promise<ScriptResult> {
    this.scripts.push({ host: host.name, script });
    return this.answer(host.name, script);
  }

  async ask(host: { name: string }, script: string): Promise<string> {
    const { code, stdout, stderr } = await this.read(host, script);
    if (code !== 0) throw new Error(`${host.name}: ${stderr}`);
    return stdout;
  }

  private answer(host: string, script: string): ScriptResult {
    if (script.includes('ES_HOME')) return said(`version=7.17.28\ndata=/data\nsize=${100 * GIB}\navail=${90 * GIB}\n`);
    const file = [...this.files].find(([key]) => readFileScript(key.slice(key.indexOf(':') + 1)) === script);
    if (script.includes('base64 -w0')) {
      const path = file?.[0].slice(file[0].indexOf(':') + 1);
      const text = this.files.get(`${host}:${path}`);
      return text === undefined ? failed('there is no file') : said(Buffer.from(text).toString('base64'));
    }
    if (script.startsWith('BACKUP=')) return this.done.some((part) => script.includes(part)) ? said('') : failed('');
    if (script.includes(' -s install')) {
      const names = ['openvpn', 'haproxy'].filter((name) => script.includes(`'${name}'`));
      return said(names.map((name) => `Inst ${name} (2.6.${name.length}-1 Debian:12/stable [amd64])`).join('\n'));
    }
    if (script.startsWith('echo "enabled=')) return said('enabled=disabled\nactive=inactive\n');
    if (script.includes('systemd-socket-activate')) return said('');
    if (script.includes('EPOCHREALTIME')) {
      return this.reachable ? said(`sent 1 1\nsent 1 1\nsent ${200 * MIB} 2000000\n`) : failed('');
    }
    if (script.startsWith('ping')) return failed('');
    if (script.startsWith('sed')) return said('');
    return failed(`the test has no answer to ${script}`);
  }

  async apply(): Promise<never> {
    throw new Error('a host would have been changed: apply');
  }

  async undo(): Promise<never> {
    throw new Error('a host would have been changed: undo');
  }

  async forget(): Promise<never> {
    throw new Error('a host would have been changed: forget');
  }

  async saved(): Promise<undefined> {
    return undefined;
  }

  async claim(): Promise<never> {
    throw new Error('a host would have been changed: claim');
  }

  async release(): Promise<never> {
    throw new Error('a host would have been changed: release');
  }

  async renew(): Promise<never> {
    throw new Error('a host would have been changed: renew');
  }

  async recorded() {
    return { steps: [] };
  }

  async keep(): Promise<never> {
    throw new Error('a host would have been changed: keep');
  }

  async unkeep(): Promise<never> {
    throw new Error('a host would have been changed: unkeep');
  }

  async kept(): Promise<Record<string, unknown>> {
    return {};
  }

  agent(): Agent {
    return new Agent();
  }

  async close(): Promise<void> {}
}

function said(stdout: string): ScriptResult {
  return { code: 0, stdout, stderr: '' };
}

function failed(stderr: string): ScriptResult {
  return { code: 1, stdout: '', stderr };
}

/** A shard with its copies; the first is the primary. */
export function shard(index: string, number: number, on: string[], bytes: number): ShardCopy[] {
  return on.map((node, i) => ({ index, shard: number, primary: i === 0, state: 'STARTED', node, bytes }));
}

function index(name: string, shards: number, replicas: number, more: Record<string, string> = {}): IndexInfo {
  return {
    name,
    open: true,
    settings: { 'index.number_of_shards': String(shards), 'index.number_of_replicas': String(replicas), ...more },
  };
}

/** A small shop: orders in two shards, products in one, and sessions without a replica. */
export function shopState(): ClusterState {
  const names = ['old-1', 'old-2'];
  return {
    clusterName: 'shop',
    clusterUuid: 'uuid',
    master: 'old-1',
    voters: names,
    voteless: [],
    attributes: {},
    nodes: names.map((name, i) => ({
      id: `id-${name}`,
      name,
      version: '7.17.28',
      roles: ['data', 'master'],
      transport: `198.18.1.1${i + 1}:9300`,
      http: `198.18.1.1${i + 1}:9200`,
    })),
    disks: names.map((node) => ({
      node,
      shards: 4,
      indexBytes: 9 * GIB,
      freeBytes: 80 * GIB,
      totalBytes: 100 * GIB,
    })),
    settings: {
      persistent: { 'indices.recovery.max_bytes_per_sec': '20mb' },
      transient: {},
      defaults: {
        'cluster.routing.rebalance.enable': 'all',
        'cluster.max_voting_config_exclusions': '10',
        'cluster.routing.allocation.disk.watermark.low': '85%',
        'cluster.routing.allocation.disk.watermark.high': '90%',
        'cluster.routing.allocation.disk.watermark.flood_stage': '95%',
        'cluster.routing.allocation.node_concurrent_recoveries': '2',
        'indices.recovery.max_concurrent_file_chunks': '2',
      },
    },
    indices: [index('orders', 2, 1), index('products', 1, 1), index('sessions', 1, 0)],
    table: [
      ...shard('orders', 0, ['old-1', 'old-2'], 4 * GIB),
      ...shard('orders', 1, ['old-2', 'old-1'], 3 * GIB),
      ...shard('products', 0, ['old-1', 'old-2'], GIB),
      ...shard('sessions', 0, ['old-2'], 100 * MIB),
    ],
  };
}

const OLD_YML = `cluster.name: shop
node.name: NAME
network.host: ADDRESS
discovery.seed_hosts: ["198.18.1.11", "198.18.1.12"]
cluster.initial_master_nodes: ["old-1"]
gateway.expected_nodes: 2
xpack.security.http.ssl.keystore.secure_password: hunter2hunter2
`;

const APP_YAML = `name: shop
elasticsearch:
  nodes:
    - http://198.18.1.11:9200
database:
  url: postgres://shop:s3cr3t-db@198.18.1.30/shop
`;

/** What a test may change of the shop. */
export interface Shop {
  plan: Plan;
  hosts: ReadOnlyHosts;
  state: ClusterState;
  deps: Deps;
}

/** The plan's hosts with their files, the cluster, and what the dry run acts with. */
export function shop(change: Partial<PlanInput> = {}): Shop {
  const plan = parsePlan(planInput(change));
  const hosts = new ReadOnlyHosts();
  for (const { name, address } of plan.hosts.old) {
    hosts.files.set(
      `${name}:/etc/elasticsearch/elasticsearch.yml`,
      OLD_YML.replace('NAME', name).replace('ADDRESS', address),
    );
  }
  for (const { name } of plan.hosts.new) {
    hosts.files.set(`${name}:/etc/elasticsearch/elasticsearch.yml`, '# as the package left it\n');
  }
  for (const { name, config } of plan.hosts.apps) hosts.files.set(`${name}:${config.path}`, APP_YAML);
  const state = shopState();
  const cluster = createModelAccess(new ClusterModel(state), (host) => host.startsWith('old'));
  const deps: Deps = {
    scope: async () => ({ plan, hosts, cluster }),
    secrets: { resolve: async () => PASSWORD },
    log: pino({ level: 'silent' }),
    server: TEST_SERVER,
    heartbeat: () => undefined,
    sleep: async () => {
      throw new Error('the dry run waited for the real world');
    },
  };
  return { plan, hosts, state, deps };
}

/** What preflight said, in short. */
export const NO_PROBLEMS = { checks: [], counts: { ok: 40, warn: 0, failed: 0 } };
