import { esRequest } from '../es';
import { hostsOf, urlOf } from '../layout';
import type { LabState } from '../types';
import type { Mode } from './types';

/** A node of the side on which the cluster must be now. @throws Error when none answers: then nothing can be proven */
export async function finalEndpoint(lab: LabState, mode: Mode): Promise<string> {
  const reasons: string[] = [];
  for (const host of hostsOf(lab.hosts, mode === 'migrated' ? 'new' : 'old')) {
    const endpoint = urlOf(host);
    try {
      const health = await esRequest<{ cluster_name: string }>(endpoint, 'GET', '/_cluster/health', {
        timeoutMs: 10_000,
      });
      if (health.cluster_name === lab.clusterName) return endpoint;
      reasons.push(`${host.name} is of cluster "${health.cluster_name}"`);
    } catch (error) {
      reasons.push(`${host.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`no node of the final cluster answers, so nothing can be proven: ${reasons.join('; ')}`);
}

/** How the final cluster is. */
export async function finalCluster(endpoint: string): Promise<{ finalHealth: string; finalNodes: string[] }> {
  const health = await esRequest<{ status: string }>(endpoint, 'GET', '/_cluster/health');
  const nodes = await esRequest<{ name: string }[]>(endpoint, 'GET', '/_cat/nodes?format=json&h=name');
  return { finalHealth: health.status, finalNodes: nodes.map(({ name }) => name).sort() };
}
