import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster } from '../client/ask';

const searchSchema = z.object({
  _nodes: z.object({ failed: z.number() }),
  nodes: z
    .record(
      z.string(),
      z.object({
        indices: z.object({ search: z.object({ open_contexts: z.number(), scroll_current: z.number() }) }),
      }),
    )
    .default({}),
});

/** Searches that are open on a node. They stay there when its shards have left, and end with the node. */
export interface OpenSearches {
  /** Of any kind: those that are being answered, scrolls, points in time. */
  all: number;
  scrolls: number;
}

/**
 * How many searches are open on a node, one for each of their shards that is still there: what a node tells are sums over the
 * shards that it has.
 * @throws Error when the node does not answer
 */
export async function readOpenSearches(client: Client, node: string): Promise<OpenSearches> {
  const { _nodes: asked, nodes } = await askCluster(client, searchSchema, {
    path: `/_nodes/${encodeURIComponent(node)}/stats/indices/search`,
    query: {
      filter_path: '_nodes.failed,nodes.*.indices.search.open_contexts,nodes.*.indices.search.scroll_current',
    },
  });
  if (asked.failed > 0) throw new Error(`${node} does not tell which searches are open on it`);
  const [seen] = Object.values(nodes);
  const { open_contexts: all, scroll_current: scrolls } = seen?.indices.search ?? {
    open_contexts: 0,
    scroll_current: 0,
  };
  return { all, scrolls };
}

const tasksSchema = z.object({
  node_failures: z.array(z.unknown()).default([]),
  nodes: z
    .record(
      z.string(),
      z.object({
        tasks: z.record(
          z.string(),
          z.object({ action: z.string(), running_time_in_nanos: z.number(), parent_task_id: z.string().optional() }),
        ),
      }),
    )
    .default({}),
});

/** Jobs that go on without whoever asked for them, and that the node on which they run takes with it. */
const JOBS = ['reindex', 'update/byquery', 'delete/byquery'].map((job) => `indices:data/write/${job}`);

/** A job that runs on a node. */
export interface Job {
  /** As `_tasks` takes it. */
  id: string;
  action: string;
  seconds: number;
}

/** The jobs that run on a node. @throws Error when the node does not answer */
export async function readJobs(client: Client, node: string): Promise<Job[]> {
  const { node_failures: failures, nodes } = await askCluster(client, tasksSchema, {
    path: '/_tasks',
    query: { nodes: node, actions: JOBS.join(',') },
  });
  if (failures.length > 0) throw new Error(`${node} does not tell what runs on it`);
  return Object.values(nodes).flatMap(({ tasks }) =>
    Object.entries(tasks).flatMap(([id, { action, running_time_in_nanos: nanos, parent_task_id: parent }]) =>
      parent === undefined ? [{ id, action, seconds: nanos / 1e9 }] : [],
    ),
  );
}
