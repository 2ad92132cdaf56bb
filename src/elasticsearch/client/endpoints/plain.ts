import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import { loginOf } from '../login';
import type { Endpoint } from './endpoint';

/**
 * Plain http inside the SSH connection, with the login that the plan names. Its secret is resolved once.
 * @throws ApplicationFailure SecretMissing when it can't be
 */
export async function plainEndpoint(plan: Plan, secrets: Secrets): Promise<Endpoint> {
  const login = await loginOf(plan, secrets);
  return {
    options: (address, port) => ({ node: `http://${address}:${port}`, ...(login && { auth: login.client }) }),
  };
}
