import { X509Certificate } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../../../contract/failures';
import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import { certificatesIn } from '../../../text/pem';
import { loginOf } from '../login';
import type { Endpoint } from './endpoint';

/**
 * https inside the SSH connection: each node has to show a certificate of the plan's CA. The file is read once.
 * @throws ApplicationFailure SecretMissing when a file or the password can't be read, PlanInvalid when the file holds no certificate
 */
export async function securedEndpoint(
  plan: Plan,
  secrets: Secrets,
  https: NonNullable<Plan['elasticsearch']['https']>,
): Promise<Endpoint> {
  const ca = await readCa(secrets, https.ca);
  const login = await loginOf(plan, secrets);
  return {
    options: (address, port) => ({ node: `https://${address}:${port}`, ...(login && { auth: login.client }) }),
    ca,
  };
}

/** The certificates in a PEM file of the worker. @throws ApplicationFailure as {@link securedEndpoint} */
export async function readCa(secrets: Secrets, ref: string): Promise<string> {
  const text = await secrets.resolve(ref);
  const found = certificatesIn(text);
  if (found.length === 0) throw unreadable(ref, 'it holds no certificate');
  try {
    for (const one of found) new X509Certificate(one);
  } catch (error) {
    throw unreadable(ref, `it holds what is no certificate (${(error as Error).message})`);
  }
  // Whatever else stands in the file is not told to any host.
  return `${found.join('\n')}\n`;
}

function unreadable(ref: string, why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `elasticsearch.https.ca: ${ref} can't be used: ${why}; name the PEM file of the CA of the nodes' http certificates`,
    FAILURES.INVALID_PLAN,
  );
}
