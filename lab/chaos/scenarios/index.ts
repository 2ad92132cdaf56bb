import type { ChaosScenario } from '../scenario';
import { TEMPORAL_SCENARIOS } from './temporal';
import { UNDISTURBED_SCENARIO } from './undisturbed';
import { WORKER_SCENARIOS } from './workers';

/** Every scenario, in the order in which `--all` runs them. */
export const SCENARIOS: ChaosScenario[] = [UNDISTURBED_SCENARIO, ...WORKER_SCENARIOS, ...TEMPORAL_SCENARIOS];
