import type { PlanInput } from '../../src/plan/schema';
import type { Mode } from '../judge';
import type { Play } from './play';

/** One way in which a migration is disturbed, and what must come of it. */
export interface ChaosScenario {
  name: string;
  /** What is done, for `--list`. */
  about: string;
  /** Where in a migration it strikes. */
  strikes: string;
  expected: Mode;
  /** How long it takes, about, with its lab: for the choice by `--minutes`. */
  minutes: number;
  /** Another plan than the lab's. */
  plan?: (plan: PlanInput) => PlanInput;
  /**
   * Runs beside the migration, from its start on.
   * @throws Error when something is not as it must be, or when the migration ended before everything was done
   */
  run: (play: Play) => Promise<void>;
}
