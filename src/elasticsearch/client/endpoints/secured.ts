import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../../../contract/failures';
import { shownCa } from '../../../hosts/shown-ca';
import { hostRef, plannedNodes } from '../../../plan/hosts';
import type { Plan } from '../../../plan/schema';
import type { Secrets } from '../../../secrets/secrets';
import { certificatesIn } from '../../../text/pem';
import { loginOf } from '../login';
import type { Scope } from '../../scope';
import type { Endpoint } from './endpoint';

type NodesTrust = NonNullable<Plan['elasticsearch']['https']>;

/**
 * https inside the SSH connection: each node has to show a certificate of the plan's CA. A file is read once.
 * @throws ApplicationFailure SecretMissing when a file or the login can't be read, PlanInvalid when the file holds no certificate
 */
export async function securedEndpoint(plan: Plan, secrets: Secrets, https: NodesTrust): Promise<Endpoint> {
  const trust = 'ca' in https ? { ca: await readCa(secrets, https.ca) } : https;
  const login = await loginOf(plan, secrets);
  return {
    options: (address, port) => ({ node: `https://${address}:${port}`, ...(login && { auth: login.client }) }),
    trust,
  };
}

/** How many nodes are asked for their CA at once. */
const ASKED_AT_ONCE = 4;

/**
 * The CA of the nodes' http certificates as PEM, for whoever is to know them beside bigswitch; undefined where they speak plain http. Where
 * the plan has its fingerprint, the nodes are asked for it, until the first shows it.
 * @throws ApplicationFailure as {@link securedEndpoint}; Error when no node shows a CA of that fingerprint
 */
export async function nodesCa(
  { plan, hosts }: Pick<Scope, 'plan' | 'hosts'>,
  secrets: Secrets,
): Promise<string | undefined> {
  const { https, httpPort } = plan.elasticsearch;
  if (https === undefined) return undefined;
  if ('ca' in https) return readCa(secrets, https.ca);
  const reasons: string[] = [];
  const nodes = plannedNodes(plan);
  for (let at = 0; at < nodes.length; at += ASKED_AT_ONCE) {
    const shown = nodes.slice(at, at + ASKED_AT_ONCE).map(async ({ host }) =>
      shownCa(() => connectionOf(hosts.agent(hostRef(plan, host)), httpPort), https.fingerprint).catch(
        (error: Error) => {
          reasons.push(`${host}: ${error.message}`);
          throw error;
        },
      ),
    );
    const ca = await Promise.any(shown).catch(() => undefined);
    if (ca !== undefined) return ca;
  }
  throw new Error(
    `no node shows the CA of elasticsearch.https.fingerprint: ${reasons.slice(0, MOST_REASONS).join('; ')}`,
  );
}

/** Most reasons that are told. */
const MOST_REASONS = 5;

/** A connection as an agent of a host makes it. */
function connectionOf(agent: Agent, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    agent.createConnection({ port }, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
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
