import type { ChaosScenario } from '../scenario';
import { BRIDGE_SCENARIOS } from './bridge';
import { NODE_SCENARIOS } from './nodes';
import { PEOPLE_SCENARIOS } from './people';
import { RESET_SCENARIOS } from './resets';
import { ROLLBACK_SCENARIOS } from './rollback';
import { SSH_SCENARIOS } from './ssh';
import { STORM_SCENARIO } from './storm';
import { TEMPORAL_SCENARIOS } from './temporal';
import { UNDISTURBED_SCENARIO } from './undisturbed';
import { WORKER_SCENARIOS } from './workers';

/** Every scenario, in the order in which `--all` runs them. */
export const SCENARIOS: ChaosScenario[] = [
  UNDISTURBED_SCENARIO,
  ...WORKER_SCENARIOS,
  ...TEMPORAL_SCENARIOS,
  ...SSH_SCENARIOS,
  ...BRIDGE_SCENARIOS,
  ...NODE_SCENARIOS,
  ...PEOPLE_SCENARIOS,
  ...RESET_SCENARIOS,
  ...ROLLBACK_SCENARIOS,
  STORM_SCENARIO,
];
