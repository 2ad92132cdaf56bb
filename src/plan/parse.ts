import { crossFieldProblems } from './cross-field';
import { describeIssue } from './describe';
import { planSchema, type Plan } from './schema';

/** A plan that can't be used; `problems` has one sentence for each thing that is wrong, with where and what to do. */
export class InvalidPlanError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `The plan can't be used (${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}); nothing was touched:\n` +
        problems.map((problem) => `  - ${problem}`).join('\n'),
    );
    this.name = 'InvalidPlanError';
  }
}

/**
 * Validates a plan from anywhere: a file, the Temporal UI, the `temporal` CLI. Pure, so that the workflow calls it too.
 * @throws InvalidPlanError that names every problem
 */
export function parsePlan(input: unknown): Plan {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidPlanError(['plan: must be one JSON object; see examples/plan.yaml for every field']);
  }
  // Without `reportInput` the issues carry no input, and a wrong type would be called a missing field.
  const result = planSchema.safeParse(input, { reportInput: true });
  if (!result.success) throw new InvalidPlanError(result.error.issues.flatMap(describeIssue));
  const problems = crossFieldProblems(result.data);
  if (problems.length > 0) throw new InvalidPlanError(problems);
  return result.data;
}
