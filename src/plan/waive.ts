import type { Plan } from './schema';

/** Whether the plan accepts a failed check by name, as `check` or `check:subject`; what would break a promise can't be waived. */
export function isWaived(plan: Plan, check: { name: string; subject: string; waivable: boolean }): boolean {
  const { name, subject, waivable } = check;
  return waivable && (plan.waive.includes(name) || plan.waive.includes(`${name}:${subject}`));
}
