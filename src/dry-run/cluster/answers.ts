import { z } from 'zod';
import { Refused, type ClusterModel } from './model';
import type { ClusterState } from './state';
import { groupShards } from '../../elasticsearch/shards/table';

/** One request as the Elasticsearch client sends it. */
export interface ModelRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  body: unknown;
}

const setting = z.union([z.string(), z.array(z.string()), z.null()]);
const settings = z.record(z.string(), setting);
const settingsBody = z.object({ persistent: settings.optional(), transient: settings.optional() });
const rerouteBody = z.object({
  commands: z
    .array(
      z.object({
        move: z.object({ index: z.string(), shard: z.number(), from_node: z.string(), to_node: z.string() }),
      }),
    )
    .default([]),
});

/**
 * Answers a request out of the model, in the shapes of Elasticsearch's own API.
 * @throws Refused (400) for a change that the cluster would refuse
 * @throws Error for a request that the model does not know: it is never passed on
 */
export function answer(model: ClusterModel, request: ModelRequest): unknown {
  return request.method === 'GET' ? look(model.state, request) : change(model, request);
}

function look(state: ClusterState, { path, query }: ModelRequest): unknown {
  switch (path) {
    case '/_cluster/health':
      return health(state);
    case '/_cluster/state/master_node,nodes':
      return {
        ...head(state),
        nodes: byId(state, (node) => ({ name: node.name, transport_address: node.transport })),
      };
    case '/_cluster/state/nodes':
      return {
        nodes: byId(state, ({ name, transport, roles }) => {
          return { name, transport_address: transport, roles, attributes: state.attributes[name] ?? {} };
        }),
      };
    case '/_nodes/http,transport':
      return { ...head(state), ...nodes(state) };
    case '/_nodes/_local/http,transport':
      return { ...head(state), ...nodes({ ...state, nodes: state.nodes.slice(0, 1) }) };
    case '/_cluster/settings':
      return state.settings;
    case '/_cluster/state/metadata':
    case '/_cluster/state/metadata,master_node':
      return { ...head(state), metadata: metadata(state) };
    case '/_cluster/state/routing_table,nodes':
      return { nodes: byId(state, ({ name }) => ({ name })), routing_table: { indices: routing(state) } };
    case '/_stats/store':
      if (query.get('level') === 'shards') return { _shards: { failed: 0 }, indices: sizes(state) };
      break;
    case '/_cat/allocation':
      return state.disks.map((disk) => ({
        node: disk.node,
        shards: String(disk.shards),
        'disk.indices': String(disk.indexBytes),
        'disk.avail': String(Math.max(0, disk.freeBytes)),
        'disk.total': String(disk.totalBytes),
      }));
    case '/_recovery':
      return {};
    case '/_tasks':
      return { nodes: {} };
  }
  if (/^\/_nodes\/[^/]+\/stats\/indices\/search$/.test(path)) return { _nodes: { failed: 0 } };
  throw new Error(`the dry run has no model for GET ${path}`);
}

function nodes(state: ClusterState): object {
  const total = state.nodes.length;
  return {
    _nodes: { total, successful: total, failed: 0 },
    nodes: byId(state, ({ name, version, roles, transport, http }) => {
      return { name, version, roles, transport: { publish_address: transport }, http: { publish_address: http } };
    }),
  };
}

function change(model: ClusterModel, { method, path, query, body }: ModelRequest): unknown {
  const index = /^\/([^/]+)\/_settings$/.exec(path)?.[1];
  if (method === 'PUT' && path === '/_cluster/settings') {
    const { persistent, transient } = settingsBody.parse(body);
    if (persistent) model.set('persistent', persistent);
    if (transient) model.set('transient', transient);
  } else if (method === 'PUT' && index !== undefined) {
    model.setOnIndex(decodeURIComponent(index), settings.parse(body));
  } else if (method === 'POST' && path === '/_cluster/reroute') {
    for (const { move } of rerouteBody.parse(body ?? {}).commands) {
      model.move(move.index, move.shard, move.from_node, move.to_node);
    }
  } else if (method === 'POST' && path === '/_cluster/voting_config_exclusions') {
    model.keepFromVoting((query.get('node_names') ?? '').split(',').filter((name) => name !== ''));
  } else if (method === 'DELETE' && path === '/_cluster/voting_config_exclusions') {
    model.clearVoteless();
  } else if (method === 'POST' && path === '/_cluster/allocation/explain') {
    throw new Refused('the dry run does not know why');
  } else {
    throw new Error(`the dry run has no model for ${method} ${path}`);
  }
  return { acknowledged: true };
}

function head(state: ClusterState) {
  const master = state.nodes.find((node) => node.name === state.master)?.id ?? state.master;
  return { cluster_name: state.clusterName, cluster_uuid: state.clusterUuid, master_node: master };
}

function byId<T>({ nodes }: ClusterState, of: (node: ClusterState['nodes'][number]) => T): Record<string, T> {
  return Object.fromEntries(nodes.map((node) => [node.id, of(node)]));
}

function idOf({ nodes }: ClusterState, name: string | undefined): string | undefined {
  return nodes.find((node) => node.name === name)?.id ?? name;
}

function health(state: ClusterState) {
  const active = state.table.filter((copy) => copy.state !== 'UNASSIGNED');
  const unassigned = state.table.filter((copy) => copy.state === 'UNASSIGNED');
  return {
    cluster_name: state.clusterName,
    status: unassigned.some((copy) => copy.primary) ? 'red' : unassigned.length > 0 ? 'yellow' : 'green',
    timed_out: false,
    number_of_nodes: state.nodes.length,
    number_of_data_nodes: state.disks.length,
    active_primary_shards: active.filter((copy) => copy.primary).length,
    active_shards: active.length,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: unassigned.length,
    number_of_pending_tasks: 0,
    task_max_waiting_in_queue_millis: 0,
  };
}

function metadata(state: ClusterState) {
  const voters = state.voters.map((name) => idOf(state, name));
  return {
    cluster_uuid: state.clusterUuid,
    indices: Object.fromEntries(
      state.indices.map(({ name, open, settings: flat }) => [name, { state: open ? 'open' : 'close', settings: flat }]),
    ),
    cluster_coordination: {
      term: 1,
      last_committed_config: voters,
      last_accepted_config: voters,
      voting_config_exclusions: state.voteless.map((name) => ({ node_id: idOf(state, name), node_name: name })),
    },
  };
}

/** By index and shard, each copy as `of` shows it. */
function byShard<T>(state: ClusterState, of: (copy: ClusterState['table'][number]) => T) {
  const indices: Record<string, { shards: Record<string, T[]> }> = {};
  for (const { index, shard, copies } of groupShards(state.table)) {
    const { shards } = (indices[index] ??= { shards: {} });
    shards[String(shard)] = copies.map(of);
  }
  return indices;
}

function routing(state: ClusterState) {
  return byShard(state, ({ state: now, primary, node }) => ({
    // What is in motion when the look is taken is taken as arrived.
    state: now === 'UNASSIGNED' ? now : 'STARTED',
    primary,
    node: idOf(state, node) ?? null,
    relocating_node: null,
  }));
}

function sizes(state: ClusterState) {
  return byShard(state, ({ primary, node, bytes }) => ({
    routing: { primary, node: idOf(state, node) ?? null },
    store: { size_in_bytes: bytes },
  }));
}
