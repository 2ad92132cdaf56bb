import type { ClientOptions } from '@elastic/elasticsearch';
import type { Plan } from '../../plan/schema';
import type { Secrets } from '../../secrets/secrets';

/** How a cluster is told who asks. */
export type PlannedLogin = NonNullable<Plan['elasticsearch']['auth']>;

/** Who bigswitch is to the cluster, with the secret. */
export interface Login {
  /** For the client library. */
  client: NonNullable<ClientOptions['auth']>;
  /** Value of the header `Authorization`, for whoever asks without that library. */
  header: string;
}

/** Who bigswitch is to the cluster, where the plan says. @throws ApplicationFailure SecretMissing when its secret can't be resolved */
export async function loginOf({ elasticsearch: { auth } }: Plan, secrets: Secrets): Promise<Login | undefined> {
  return auth && loginWith(auth, await secrets.resolve(secretOf(auth)));
}

/** The same with its secret, which is known already. */
export function loginWith(auth: PlannedLogin, secret: string): Login {
  if ('apiKey' in auth) return { client: { apiKey: secret }, header: `ApiKey ${secret}` };
  if ('token' in auth) return { client: { bearer: secret }, header: `Bearer ${secret}` };
  const pair = Buffer.from(`${auth.username}:${secret}`).toString('base64');
  return { client: { username: auth.username, password: secret }, header: `Basic ${pair}` };
}

/** The reference to the secret of a login. */
export function secretOf(auth: PlannedLogin): string {
  if ('apiKey' in auth) return auth.apiKey;
  return 'token' in auth ? auth.token : auth.password;
}

/** A login in words: the user, or what kind of key it is. */
export function nameOf(auth: PlannedLogin): string {
  if ('apiKey' in auth) return 'the API key';
  return 'token' in auth ? 'the user of the token' : auth.username;
}
