import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import type { Endpoint } from './endpoint';

/**
 * Plain http inside the SSH connection, with user and password where the plan names them. The password is resolved once.
 * @throws ApplicationFailure SecretMissing when it can't be
 */
export async function plainEndpoint(plan: Plan, secrets: Secrets): Promise<Endpoint> {
  const { auth } = plan.elasticsearch;
  const login = auth && { username: auth.username, password: await secrets.resolve(auth.password) };
  return {
    options: (address, port) => ({ node: `http://${address}:${port}`, ...(login && { auth: login }) }),
  };
}
