import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Check } from '../contract/evidence';
import type { DryRun } from '../contract/dry-run';
import { allHosts } from '../plan/hosts';
import { mdText } from '../text/markdown';
import { lookAtAll } from './run/look';
import { QUERIES } from './messages/messages';
import { validated } from './run/migration';
import { showDetails } from './state/details';
import { createWorld } from './world/world';

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
  const world = createWorld(plan);

  showDetails(mdText`Looks at ${allHosts(plan).length} hosts and the cluster. Nothing is changed.`);
  const { linkMBps } = readOptions(options);
  const { checks, cluster } = await lookAtAll(world, plan);

  showDetails(mdText`Goes through the migration without changing anything.`);
  const count = (result: Check['result']) => checks.filter((check) => check.result === result).length;
  const result = await world.dryRun({
    checks: checks.filter((check) => check.result !== 'ok'),
    counts: { ok: count('ok'), warn: count('warn'), failed: count('failed') },
    cluster,
    linkMBps,
  });
  const { steps, moves, risks } = result;
  showDetails(mdText`${steps.length} steps, ${moves.length} moves of shards, ${risks.length} risks.`);
  return result;
}

/** A form of the UI may send anything. */
function readOptions(options: unknown): PlanOptions {
  const rate = (options as PlanOptions | null | undefined)?.linkMBps;
  if (rate === undefined || rate === null) return {};
  if (typeof rate === 'number' && rate > 0 && Number.isFinite(rate)) return { linkMBps: rate };
  throw ApplicationFailure.nonRetryable('linkMBps: must be a number of MiB/s greater than 0', 'InvalidOptions');
}
