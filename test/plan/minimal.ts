import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidPlanError, parsePlan } from '../../src/plan/parse';
import type { PlanInput } from '../../src/plan/schema';

/** The examples folder of the repository. */
export const EXAMPLES = join(__dirname, '..', '..', 'examples');

/** A fresh copy of the minimal example plan, to be changed by a test. */
export function minimalPlan(): PlanInput {
  return JSON.parse(readFileSync(join(EXAMPLES, 'plan.json'), 'utf8')) as PlanInput;
}

/** The minimal plan as untyped data, changed by `change`, for input that the types would forbid. */
export function brokenPlan(change: (plan: Record<string, any>) => void): unknown {
  const plan = minimalPlan() as Record<string, any>;
  change(plan);
  return plan;
}

/** The problems that parsing finds; empty when the plan is fine. */
export function problemsOf(input: unknown): string[] {
  try {
    parsePlan(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidPlanError) return error.problems;
    throw error;
  }
}
