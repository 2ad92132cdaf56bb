import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import type { Endpoint } from './endpoint';
import { plainEndpoint } from './plain';
import { securedEndpoint } from './secured';

/** The endpoint that the plan asks for. */
export function endpointOf(plan: Plan, secrets: Secrets): Promise<Endpoint> {
  const { https } = plan.elasticsearch;
  return https ? securedEndpoint(plan, secrets, https) : plainEndpoint(plan, secrets);
}
