import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import type { Endpoint } from './endpoint';

/**
 * Plain http inside the SSH connection, with user and password where the plan names them. The password is resolved once.
 * @throws ApplicationFailure SecretMissing when it can't be
 */
export async function plainEndpoint(plan: Plan, secrets: Secrets): Promise<Endpoint> {
  const login = await loginOf(plan, secrets);
  return {
    options: (address, port) => ({ node: `http://${address}:${port}`, ...(login && { auth: login }) }),
  };
}

/** Who bigswitch is to the cluster, where the plan says. @throws ApplicationFailure SecretMissing when the password can't be resolved */
export async function loginOf(
  { elasticsearch: { auth } }: Plan,
  secrets: Secrets,
): Promise<{ username: string; password: string } | undefined> {
  return auth && { username: auth.username, password: await secrets.resolve(auth.password) };
}
