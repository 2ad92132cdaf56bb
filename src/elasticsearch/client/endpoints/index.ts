import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import type { Endpoint } from './endpoint';
import { plainEndpoint } from './plain';

/** The endpoint that the plan asks for. */
export function endpointOf(plan: Plan, secrets: Secrets): Promise<Endpoint> {
  return plainEndpoint(plan, secrets);
}
