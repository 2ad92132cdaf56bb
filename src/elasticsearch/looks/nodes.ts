import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

const nodesSchema = z.object({
  _nodes: z.object({ total: z.number(), successful: z.number(), failed: z.number() }),
  cluster_name: z.string(),
  nodes: z.record(
    z.string(),
    z.object({
      name: z.string(),
      version: z.string(),
      roles: z.array(z.string()),
      transport: z.object({ publish_address: z.string() }),
      http: z.object({ publish_address: z.string() }),
    }),
  ),
});

/** A node that is in the cluster. */
export interface ClusterNode {
  id: string;
  name: string;
  version: string;
  roles: string[];
  /** `address:port` that it publishes. */
  transport: string;
  http: string;
}

/** `localhost/127.0.0.1:9300` is how a publish address with a host name is shown. */
function addressOnly(published: string): string {
  return published.slice(published.lastIndexOf('/') + 1);
}

/**
 * Every node in the cluster, by name.
 * @throws Error when a node did not answer for itself
 */
export async function readNodes(client: Client): Promise<ClusterNode[]> {
  const answer = await askCluster(client, nodesSchema, {
    path: '/_nodes/http,transport',
    query: { timeout: '10s' },
  });
  if (answer._nodes.failed > 0)
    throw new Error(`${answer._nodes.failed} of ${answer._nodes.total} nodes did not answer`);
  return Object.entries(answer.nodes)
    .map(([id, node]) => ({
      id,
      name: node.name,
      version: node.version,
      roles: node.roles,
      transport: addressOnly(node.transport.publish_address),
      http: addressOnly(node.http.publish_address),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * The version of the very node that is asked, as it tells it itself: it needs no other node, and no master.
 * @throws Error when the node does not answer
 */
export async function readOwnVersion(client: Client): Promise<string> {
  const answer = await askCluster(client, nodesSchema, { path: '/_nodes/_local/http,transport' });
  const [own] = Object.values(answer.nodes);
  if (!own) throw new Error('the node does not tell its version');
  return own.version;
}

/** The cluster as one node knows it without asking the master. */
export interface LocalView {
  clusterName: string;
  clusterUuid: string;
  /** Name of the elected master; undefined when the node knows none. */
  master?: string;
  /** Names of the nodes and the transport address that each publishes. */
  nodes: Record<string, string>;
}

const localSchema = z.object({
  cluster_name: z.string(),
  cluster_uuid: z.string(),
  master_node: z.string().nullish(),
  nodes: z.record(z.string(), z.object({ name: z.string(), transport_address: z.string() })).default({}),
});

/** Asks one node what it knows itself, so that a node on its own can't pass for the cluster. */
export async function readLocalView(client: Client, timeoutMs = 5_000): Promise<LocalView> {
  const answer = await askCluster(client, localSchema, {
    path: '/_cluster/state/master_node,nodes',
    query: { local: true },
    timeoutMs,
  });
  const master = answer.master_node ? answer.nodes[answer.master_node]?.name : undefined;
  return {
    clusterName: answer.cluster_name,
    clusterUuid: answer.cluster_uuid,
    ...(master !== undefined && { master }),
    nodes: Object.fromEntries(Object.values(answer.nodes).map((node) => [node.name, node.transport_address])),
  };
}

const allocationSchema = z.array(
  z.object({
    node: z.string(),
    shards: z.string(),
    'disk.indices': z.string().nullish(),
    'disk.avail': z.string().nullish(),
    'disk.total': z.string().nullish(),
  }),
);

/** Disk of one data node as the master last saw it. */
export interface NodeDisk {
  node: string;
  shards: number;
  indexBytes: number;
  /** 0 while unknown, so that nothing is planned onto a node about which nothing is known. */
  freeBytes: number;
  totalBytes: number;
}

/** Disk and shard count of every data node. */
export async function readDisks(client: Client): Promise<NodeDisk[]> {
  const rows = await askCluster(client, allocationSchema, {
    path: '/_cat/allocation',
    heavy: true,
    query: { format: 'json', bytes: 'b', h: 'node,shards,disk.indices,disk.avail,disk.total' },
  });
  const bytes = (text: string | null | undefined) => (text && /^\d+$/.test(text) ? Number(text) : 0);
  return rows
    .filter((row) => row.node !== 'UNASSIGNED')
    .map((row) => ({
      node: row.node,
      shards: bytes(row.shards),
      indexBytes: bytes(row['disk.indices']),
      freeBytes: bytes(row['disk.avail']),
      totalBytes: bytes(row['disk.total']),
    }));
}
