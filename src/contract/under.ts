import { z } from 'zod';

/** Shape of {@link Under}. */
export const UNDER = z.object({
  workflow: z.string(),
  run: z.string(),
  call: z.number().int().nonnegative(),
  oldest: z.number().int().nonnegative(),
  word: z.string().optional(),
});

/**
 * Under what an activity changes the world: whose word it is, and where it stands among all that this run has asked. Hosts
 * keep it, and refuse what comes later and stands lower. `word` is the run in which a person's word for this was given, where it
 * needs one.
 */
export type Under = z.output<typeof UNDER>;

/** Who asks: a workflow, by its id and the first run of its chain, which stays over resets and continue-as-new. */
export type Owner = Pick<Under, 'workflow' | 'run'>;

/** What else an activity is told: hosts that were given up, which are not in the plan any more. */
export const WITHOUT = z.object({ without: z.array(z.string()) });

/** See {@link WITHOUT}. */
export type Without = z.output<typeof WITHOUT>;
