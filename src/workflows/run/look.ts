import { ActivityFailure } from '@temporalio/workflow';
import type { Activities } from '../../contract/activities';
import type { ClusterFacts } from '../../contract/cluster-facts';
import type { Check } from '../../contract/evidence';
import { allHosts } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import { sentence } from './failures';
import { onEach } from './parallel';

/** What a look at every host and the cluster has found. */
export interface Looked {
  checks: Check[];
  /** Absent where the cluster could not be asked. */
  cluster?: ClusterFacts;
}

/**
 * Looks at every host and the cluster as preflight does, and changes nothing. A look that can't be had is a failed check
 * like any other, so that the rest is told all the same.
 */
export async function lookAtAll(world: Activities, plan: Plan): Promise<Looked> {
  const hosts = allHosts(plan).map((host) => host.name);
  const checks = (await onEach(hosts, (host) => looked(host, () => world.preflightHost({ host })))).flat();
  const reached = !checks.some((check) => check.result === 'failed' && check.name === 'ssh');
  const cluster = reached ? await world.preflightCluster().catch(failedLook) : undefined;
  return { checks: [...checks, ...(cluster?.checks ?? [])], cluster: cluster?.facts };
}

async function looked(host: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return [notSeen('look', host, error)];
  }
}

function failedLook(error: unknown): { facts: undefined; checks: Check[] } {
  if (!(error instanceof ActivityFailure)) throw error;
  return { facts: undefined, checks: [notSeen('cluster', '', error)] };
}

function notSeen(name: string, subject: string, error: Error): Check {
  return {
    name,
    subject,
    result: 'failed',
    seen: sentence(error),
    remedy: 'make sure that it can be reached',
    waivable: false,
  };
}
