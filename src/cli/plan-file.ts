import { readPlanFile } from '../plan/load';
import { parsePlan } from '../plan/parse';
import type { Plan, PlanInput } from '../plan/schema';

/**
 * A plan as it was written, which is what is sent, and what it says. Commands read it before they look for a server.
 * @throws InvalidPlanError that names every problem
 */
export function readPlan(path: string): { input: PlanInput; plan: Plan } {
  const input = readPlanFile(path) as PlanInput;
  return { input, plan: parsePlan(input) };
}
