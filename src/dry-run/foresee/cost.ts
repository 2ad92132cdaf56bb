import type { DryRun } from '../../contract/dry-run';
import type { Plan } from '../../plan/schema';

const GIB = 2 ** 30;

/**
 * What the bytes over the bridge cost and what is saved each month, as far as the plan gives prices. Pure.
 * @param bridgeBytes bytes that leave one network for the other
 */
export function costOf(plan: Plan, bridgeBytes: number): DryRun['cost'] {
  const { egressPerGiB, oldNodePerMonth, newNodePerMonth, currency } = plan.prices;
  const { old, new: fresh } = plan.hosts;
  const monthlyOld = oldNodePerMonth === undefined ? plan.report.monthlyCostOld : oldNodePerMonth * old.length;
  const monthlyNew = newNodePerMonth === undefined ? plan.report.monthlyCostNew : newNodePerMonth * fresh.length;
  const monthly =
    monthlyOld === undefined || monthlyNew === undefined
      ? undefined
      : { old: monthlyOld, new: monthlyNew, saving: monthlyOld - monthlyNew };
  if (egressPerGiB === undefined && monthly === undefined) return undefined;
  return {
    currency: currency ?? plan.report.currency,
    ...(egressPerGiB !== undefined && { egress: { perGiB: egressPerGiB, total: (bridgeBytes / GIB) * egressPerGiB } }),
    ...(monthly && { monthly }),
  };
}
