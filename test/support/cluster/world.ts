import pino from 'pino';
import type { Deps } from '../../../src/activities/deps';
import { TELLING_STEPS } from '../../../src/contract/ledger';
import type { ClusterState } from '../../../src/dry-run/cluster/state';
import type { Scope } from '../../../src/elasticsearch/scope';
import type { ShardCopy } from '../../../src/elasticsearch/shards/table';
import { plannedNodes } from '../../../src/plan/hosts';
import { parsePlan } from '../../../src/plan/parse';
import type { Plan, PlanInput } from '../../../src/plan/schema';
import { TEST_SERVER } from '../../activities/deps';
import { planInput } from '../../workflows/support/plan';
import { SimulatedCluster, type Lie } from './cluster';
import { SimulatedHosts } from './hosts';

/** Bytes of one copy. */
export const COPY_BYTES = 1_000_000;
const FREE_BYTES = 1000 * COPY_BYTES;

/**
 * How far the move is: `joined` all data is on the old side and old nodes vote; `replicated` each side has a copy and old
 * nodes vote; `switched` the same, and new nodes vote; `moved` old nodes are gone; `back` new ones are.
 */
export type Stage = 'joined' | 'replicated' | 'switched' | 'moved' | 'back';

/** A world for tests below the lab: a plan of two old and two new nodes, its cluster and its hosts, and no waiting. */
export interface World {
  plan: Plan;
  cluster: SimulatedCluster;
  hosts: SimulatedHosts;
  scope: Scope;
  deps: Deps;
  /** Whatever was changed, of the hosts and of the cluster. */
  touched(): string[];
}

/** What a test may want otherwise. */
export interface WorldOptions {
  plan?: Partial<PlanInput>;
  /** Of every node; default 7.17.28. */
  version?: string;
  lies?: Lie[];
}

/** Makes a world at some stage of the move. Its clock is moved on by waiting alone, and is that of `Date.now`. */
export function simulatedWorld(stage: Stage, options: WorldOptions = {}): World {
  const plan = parsePlan(planInput({ replicate: { proofs: 3, proofIntervalSeconds: 1 }, ...options.plan }));
  const state = stateOf(plan, stage, options.version ?? '7.17.28');
  const cluster = new SimulatedCluster(state, (host) => host);
  cluster.tell(...(options.lies ?? []));
  const hosts = new SimulatedHosts(plan, state);
  const { persistent, transient } = structuredClone(state.settings);
  hosts.records.set('hub', new Map([[BEFORE, { persistent, transient, clusterUuid: state.clusterUuid }]]));
  const urls = stage === 'joined' || stage === 'replicated' || stage === 'back' ? OLD_URLS : NEW_URLS;
  for (const { name } of plan.hosts.apps) hosts.files.set(name, `elasticsearch:\n  nodes: [${urls}]\n`);
  hosts.onStep = (host, step) => {
    if (step.id === TELLING_STEPS.NODE_STOPPED) cluster.model.leave(host);
  };
  const scope = { plan, hosts, cluster: cluster.access };
  let now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  const deps: Deps = {
    scope: async () => scope,
    secrets: { resolve: async () => 'correct-horse' },
    server: TEST_SERVER,
    log: pino({ level: 'silent' }),
    heartbeat: () => undefined,
    sleep: async (milliseconds) => void (now += milliseconds),
  };
  return { plan, cluster, hosts, scope, deps, touched: () => [...hosts.touched, ...cluster.changes] };
}

/** Gives nodes other roles than those of a master that holds data. */
export function setRoles({ cluster }: World, roles: Record<string, string[]>): void {
  cluster.state.nodes = cluster.state.nodes.map((node) => ({ ...node, roles: roles[node.name] ?? node.roles }));
  const can = (name: string) => cluster.state.nodes.some((node) => node.name === name && node.roles.includes('master'));
  cluster.state.voters = cluster.state.voters.filter(can);
  cluster.state.master = cluster.state.voters[0] ?? '';
}

/** What join keeps on the hub before it changes anything. */
export const BEFORE = 'settings-before';

const OLD_URLS = 'http://198.18.1.11:9200, http://198.18.1.12:9200';
const NEW_URLS = 'https://198.18.2.11:9243, https://198.18.2.12:9243';

/** Two indices with a replica, and one of a single copy. */
const PLACED: Record<'joined' | 'both' | 'moved', Record<string, string[]>> = {
  joined: { orders: ['old-1', 'old-2'], products: ['old-2', 'old-1'], sessions: ['old-2'] },
  both: { orders: ['new-1', 'old-1'], products: ['new-2', 'old-2'], sessions: ['old-2'] },
  moved: { orders: ['new-1', 'new-2'], products: ['new-2', 'new-1'], sessions: ['new-2'] },
};

function stateOf(plan: Plan, stage: Stage, version: string): ClusterState {
  const placed = PLACED[stage === 'back' ? 'joined' : stage === 'joined' || stage === 'moved' ? stage : 'both'];
  const planned = plannedNodes(plan).filter(({ side }) => {
    return stage === 'moved' ? side === 'new' : stage === 'back' ? side === 'old' : true;
  });
  const voting = stage === 'switched' || stage === 'moved' ? 'new' : 'old';
  const voters = planned.filter(({ side }) => side === voting).map(({ nodeName }) => nodeName);
  const names = planned.map(({ nodeName }) => nodeName);
  const table = Object.entries(placed).flatMap(([index, nodes]) =>
    nodes.map((node, i): ShardCopy => {
      return { index, shard: 0, primary: i === 0, state: 'STARTED', node, bytes: COPY_BYTES };
    }),
  );
  return {
    clusterName: plan.elasticsearch.clusterName,
    clusterUuid: 'uuid',
    master: voters[0] ?? '',
    voters,
    voteless: stage === 'moved' || stage === 'back' ? [] : names.filter((name) => !voters.includes(name)),
    nodes: planned.map(({ nodeName, address }) => ({
      id: `id-${nodeName}`,
      name: nodeName,
      version,
      roles: ['data', 'master'],
      transport: `${address}:9300`,
      http: `${address}:9200`,
    })),
    attributes: {},
    disks: names.map((node) => {
      const here = table.filter((copy) => copy.node === node).length;
      const used = here * COPY_BYTES;
      return { node, shards: here, indexBytes: used, freeBytes: FREE_BYTES - used, totalBytes: FREE_BYTES };
    }),
    settings: {
      persistent: {},
      transient: {},
      defaults: {
        'cluster.routing.rebalance.enable': 'all',
        'cluster.max_voting_config_exclusions': '10',
        'cluster.routing.allocation.disk.watermark.low': '85%',
        'cluster.routing.allocation.node_concurrent_recoveries': '2',
        'indices.recovery.max_bytes_per_sec': '40mb',
        'indices.recovery.max_concurrent_file_chunks': '2',
      },
    },
    indices: Object.entries(placed).map(([name, nodes]) => ({
      name,
      open: true,
      settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': String(nodes.length - 1) },
    })),
    table,
  };
}
