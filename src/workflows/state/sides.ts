import { switchOrder } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { Data } from './data';

/** Apps that were switched, or may have been, while others were not; none when all are on one side. Pure. */
export function appsOnBothSides(plan: Plan, { switchedApps, pointedApps = [] }: Data): string[] {
  const apps = switchOrder(plan);
  const there = apps.filter((host) => switchedApps.includes(host) || pointedApps.includes(host));
  return apps.every((host) => switchedApps.includes(host)) ? [] : there;
}
