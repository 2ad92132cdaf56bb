import type { Mode } from '../../../../lab/judge/types';
import type { Look, View } from '../../../../lab/judge/watch';
import { AT, at } from './honest';

const NODES = ['old-1', 'old-2', 'new-1', 'new-2'];
/** Copies of all shards. */
export const COPIES = 38;
/** What each node receives from the bridge in a second in which shards move, and in one in which none do. */
const MOVING_BYTES = 1_400_000;
const APPS_BYTES = 50_000;

/** Whether Elasticsearch runs on a node in a second of a story. */
export function runs(node: string, second: number, mode: Mode): boolean {
  if (node.startsWith('new-')) return second > AT.newNodes + 1 && (mode === 'migrated' || second < AT.teardown - 5);
  const drained = AT.drains[node === 'old-1' ? 0 : 1];
  return mode === 'rolled-back' || second <= drained;
}

/** Everything that was seen in an honest run, a look a second of each host. */
export function looksOf(mode: Mode): Look[] {
  const received: Record<string, number> = {};
  const looks: Look[] = [];
  for (let second = 0; second <= AT.end + 4; second++) {
    const there = NODES.filter((node) => runs(node, second, mode));
    const moving = second >= AT.moving[0] && second < AT.moving[1];
    for (const host of ['hub', ...NODES]) {
      const bridged = second >= AT.bridge && second < AT.teardown;
      const crosses = host === 'hub' ? 0 : moving && host.startsWith('new-') ? MOVING_BYTES * 2 : APPS_BYTES;
      if (bridged) received[host] = (received[host] ?? 0) + crosses;
      looks.push({
        host,
        from: at(second) + 100,
        to: at(second) + 110,
        tun: bridged ? { 'tun-bigswitch': [received[host] ?? 0, 0] } : {},
        viewed: at(second) + 120,
        ...(there.includes(host)
          ? { status: 200, body: health(there.length, moving), view: viewOf(there, second, mode) }
          : { status: 0, body: null, view: null }),
      });
    }
  }
  return looks;
}

/** What a node knows by itself. */
function viewOf(there: string[], second: number, mode: Mode): View {
  const master = mode === 'rolled-back' || second <= AT.drains[1] - 3 ? 'old-2' : 'new-1';
  const holding = there.filter((node) => holds(node, second, mode));
  return {
    cluster_uuid: 'uuid-of-shop',
    master_node: `id-${master}`,
    nodes: Object.fromEntries(there.map((name) => [`id-${name}`, { name }])),
    routing_nodes: { nodes: Object.fromEntries(holding.map((name) => [`id-${name}`, [{ state: 'STARTED' }]])) },
  };
}

/** Whether a node has any copy: until shortly before it is stopped. */
function holds(node: string, second: number, mode: Mode): boolean {
  if (node.startsWith('new-')) return second > AT.moving[0] && (mode === 'migrated' || second < AT.teardown - 10);
  return mode === 'rolled-back' || second < AT.drains[node === 'old-1' ? 0 : 1] - 3;
}

/** What a node says of the cluster's health. */
function health(nodes: number, moving: boolean) {
  return {
    cluster_name: 'shop',
    status: 'green',
    timed_out: false,
    number_of_nodes: nodes,
    active_shards: COPIES,
    relocating_shards: moving ? 2 : 0,
    initializing_shards: 0,
    unassigned_shards: 0,
  };
}
