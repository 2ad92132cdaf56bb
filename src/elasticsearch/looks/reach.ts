import type { Client } from '@elastic/elasticsearch';
import type { Scope } from '../scope';
import { plannedNodes } from '../../plan/hosts';
import { isOurCluster } from '../settings/before';
import { readLocalView, type LocalView } from './nodes';

/** A node that answered as a member of the cluster. */
export interface Reached {
  host: string;
  nodeName: string;
  side: 'old' | 'new';
  client: Client;
  /** What it knows of the cluster, read just now. */
  view: LocalView;
}

/**
 * The first node of one side, in plan order, that knows an elected master of the planned cluster. A node on its own,
 * or cut off from the majority, is passed over: it could not change anything, and what it says may be stale. So is one that
 * has founded a cluster of its own: there nothing is left to move, and everything looks done. While the hub can't be asked which
 * cluster it is, nobody is passed over for that: each change of the cluster needs the hub for its record, and waits for it.
 * @throws Error that tells what each node of the side answered
 */
export async function reachSide(scope: Scope, side: 'old' | 'new'): Promise<Reached> {
  const refused: string[] = [];
  for (const node of plannedNodes(scope.plan).filter((one) => one.side === side)) {
    const client = scope.cluster.via(node.host);
    try {
      const view = await readLocalView(client);
      if (view.clusterName !== scope.plan.elasticsearch.clusterName) {
        refused.push(`${node.host} belongs to cluster "${view.clusterName}"`);
      } else if (view.master === undefined) {
        refused.push(`${node.host} knows no elected master`);
      } else if ((await isOurCluster(scope, view.clusterUuid).catch(() => undefined)) === false) {
        refused.push(`${node.host} belongs to another cluster of that name (uuid ${view.clusterUuid})`);
      } else {
        return { host: node.host, nodeName: node.nodeName, side, client, view };
      }
    } catch (error) {
      refused.push(`${node.host}: ${(error as Error).message}`);
    }
  }
  throw new Error(`no ${side} node answers as a member of the cluster (${refused.join('; ')})`);
}

/**
 * A node of the preferred side, or else of the other.
 * @throws Error when neither side has one
 */
export async function reachCluster(scope: Scope, prefer: 'old' | 'new'): Promise<Reached> {
  try {
    return await reachSide(scope, prefer);
  } catch (preferred) {
    try {
      return await reachSide(scope, prefer === 'old' ? 'new' : 'old');
    } catch (other) {
      throw new Error(`${(preferred as Error).message}; ${(other as Error).message}`);
    }
  }
}
