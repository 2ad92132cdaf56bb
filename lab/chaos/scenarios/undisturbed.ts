import type { ChaosScenario } from '../scenario';
import { UNDISTURBED } from '../stored';

/** Nothing is disturbed: what the others are compared with. */
export const UNDISTURBED_SCENARIO: ChaosScenario = {
  name: UNDISTURBED,
  about: 'nothing is disturbed; the others are compared with it',
  strikes: 'nowhere',
  expected: 'migrated',
  minutes: 5,
  run: async () => undefined,
};
