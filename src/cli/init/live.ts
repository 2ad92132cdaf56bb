import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import { refusalOf } from '../../elasticsearch/client/ask';
import { directCa } from '../../elasticsearch/client/direct-ca';
import { loginWith, secretOf, type PlannedLogin } from '../../elasticsearch/client/login';
import { NoAnswer, whyOf, type WhyNoAnswer } from '../../elasticsearch/client/no-answer';
import { readLiveCluster, type LiveCluster } from '../../elasticsearch/looks/live-cluster';
import { secretRef } from '../../plan/secret-ref';
import { createSecrets } from '../../secrets/resolve';
import { CliError, EXIT } from '../exit';
import { note, type Io } from '../io';
import { flagOf, loginAsked, type InitFlags } from './questions';

/** Longest time for one answer of the live cluster, in milliseconds. */
const ANSWER_MS = 10_000;

/** Reads the live cluster by the http address of one node. @throws CliError when it can't be read, or in this way not */
export async function lookAt(io: Io, url: string, flags: InitFlags): Promise<LiveCluster> {
  const { username: inUrl, href } = parsedUrl(url);
  // It would stand in the list of processes, and in the shell's history.
  if (inUrl !== '')
    throw new CliError(EXIT.USAGE, '--from has a user in it', 'Give --user, and --password as a reference.');
  const login = loginAsked(flags);
  const auth = login && loginWith(login, await secretFrom(io, login)).client;
  let client: Client | undefined;
  try {
    const ca = await caFrom(new URL(href), flags);
    client = new Client({
      node: href,
      ...(auth && { auth }),
      ...(ca && { tls: { ca } }),
      maxRetries: 0,
      requestTimeout: ANSWER_MS,
    });
    return await readLiveCluster(client);
  } catch (error) {
    throw new CliError(
      EXIT.MISSING,
      `The cluster at ${href} can't be read: ${(error as Error).message}`,
      remedyOf(error),
      { cause: error },
    );
  } finally {
    await client?.close();
  }
}

const REMEDIES: Partial<Record<WhyNoAnswer, string>> = {
  'hung-up': 'It may speak https: --from https://…, with --ca or --fingerprint.',
  'not-https': 'It may speak plain http: --from http://….',
  'not-believed':
    'Say by --ca or --fingerprint which CA it is to be believed by, and --from the name or address in its certificate.',
};

/** What to do when a cluster can't be read. */
function remedyOf(error: unknown): string {
  const remedy = REMEDIES[error instanceof NoAnswer ? error.why : whyOf(error)];
  if (remedy !== undefined) return remedy;
  if (refusalOf(error)) return 'Say by --user and --password, by --api-key or by --token who asks.';
  return 'Is it reached from here? If not: `ssh -NL 9200:ADDRESS:9200 HOST`, then --from http://127.0.0.1:9200.';
}

/** By what a node is believed; undefined where this machine's own CAs decide. @throws Error when it can't be had */
async function caFrom(url: URL, { ca, fingerprint }: InitFlags): Promise<string | undefined> {
  if (ca !== undefined) return readFileSync(ca, 'utf8');
  if (fingerprint === undefined || url.protocol !== 'https:') return undefined;
  return directCa(url, fingerprint, ANSWER_MS);
}

/** The secret, read here as a worker reads it there. @throws CliError USAGE that never shows what may be the secret itself */
async function secretFrom(io: Io, login: PlannedLogin): Promise<string> {
  const [flag, given] = [flagOf(login), secretOf(login)];
  if (!secretRef.safeParse(given).success) {
    throw new CliError(EXIT.USAGE, `${flag} is not a reference`, 'Use file:/absolute/path or env:NAME.');
  }
  try {
    return await createSecrets({ env: io.env, warn: (message) => note(io, message) }).resolve(given);
  } catch (error) {
    throw new CliError(
      EXIT.USAGE,
      `${flag} ${given} can't be read on this machine, and --from needs it here`,
      'Put it where the reference says, or leave out --from and give the hosts by --old.',
      { cause: error },
    );
  }
}

/** @throws CliError USAGE */
function parsedUrl(url: string): URL {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return new URL(url);
  throw new CliError(EXIT.USAGE, '--from is not an address', 'Use one such as http://127.0.0.1:9200.');
}
