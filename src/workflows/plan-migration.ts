import { ActivityFailure, ApplicationFailure, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { Check } from '../contract/evidence';
import type { DryRun } from '../contract/dry-run';
import { allHosts } from '../plan/hosts';
import { sentence } from './failures';
import { QUERIES } from './messages';
import { validated } from './migration';
import { onEach } from './parallel';
import { createWorld } from './world';

/** What an operator may say beside the plan. */
export interface PlanOptions {
  /** MiB/s that the bridge is known to carry; without it the way to the hub is measured. */
  linkMBps?: number;
}

/**
 * Tells what a migration by this plan would do, and changes nothing on any host or in the cluster.
 * @throws ApplicationFailure InvalidPlan that names every problem
 */
export async function planMigration(input: unknown, options: PlanOptions = {}): Promise<DryRun> {
  const plan = validated(input);
  setHandler(QUERIES.plan, () => plan);
  const world = createWorld(plan, async () => undefined);
  const hosts = allHosts(plan).map((host) => host.name);

  setCurrentDetails(`Looks at ${hosts.length} hosts and the cluster. Nothing is changed.`);
  const checks = (await onEach(hosts, (host) => looked(host, () => world.preflightHost({ host })))).flat();
  const { linkMBps } = readOptions(options);
  const reached = !checks.some((check) => check.result === 'failed' && check.name === 'ssh');
  const cluster = reached ? await world.preflightCluster().catch(failedLook) : undefined;
  checks.push(...(cluster?.checks ?? []));

  setCurrentDetails('Goes through the migration without changing anything.');
  const count = (result: Check['result']) => checks.filter((check) => check.result === result).length;
  const result = await world.dryRun({
    checks: checks.filter((check) => check.result !== 'ok'),
    counts: { ok: count('ok'), warn: count('warn'), failed: count('failed') },
    cluster: cluster?.facts,
    linkMBps,
  });
  setCurrentDetails(
    `${result.steps.length} steps, ${result.moves.length} moves of shards, ${result.risks.length} risks.`,
  );
  return result;
}

/** A form of the UI may send anything. */
function readOptions(options: unknown): PlanOptions {
  const rate = (options as PlanOptions | null | undefined)?.linkMBps;
  if (rate === undefined || rate === null) return {};
  if (typeof rate === 'number' && rate > 0 && Number.isFinite(rate)) return { linkMBps: rate };
  throw ApplicationFailure.nonRetryable('linkMBps: must be a number of MiB/s greater than 0', 'InvalidOptions');
}

/** A look that can't be had is a failed check like any other: the plan is told all the same. */
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
