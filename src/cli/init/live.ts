import { readFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import { readLiveCluster, type LiveCluster } from '../../elasticsearch/looks/live-cluster';
import { secretRef } from '../../plan/secret-ref';
import { createSecrets } from '../../secrets/resolve';
import { CliError, EXIT } from '../exit';
import { note, type Io } from '../io';
import { ELASTIC_PASSWORD, type InitFlags } from './questions';

/** Longest time for one answer of the live cluster, in milliseconds. */
const ANSWER_MS = 10_000;

/** Reads the live cluster by the http address of one node. @throws CliError when it can't be read, or in this way not */
export async function lookAt(io: Io, url: string, flags: InitFlags): Promise<LiveCluster> {
  const { username: inUrl, href } = parsedUrl(url);
  // It would stand in the list of processes, and in the shell's history.
  if (inUrl !== '')
    throw new CliError(EXIT.USAGE, '--from has a user in it', 'Give --user, and --password as a reference.');
  const auth = flags.user && { username: flags.user, password: await passwordFrom(io, flags.password) };
  let client: Client | undefined;
  try {
    client = new Client({
      node: href,
      ...(auth && { auth }),
      ...(flags.ca && { tls: { ca: readFileSync(flags.ca) } }),
      maxRetries: 0,
      requestTimeout: ANSWER_MS,
    });
    return await readLiveCluster(client);
  } catch (error) {
    throw new CliError(
      EXIT.MISSING,
      `The cluster at ${href} can't be read: ${(error as Error).message}`,
      'Is it reached from here? If not: `ssh -NL 9200:ADDRESS:9200 HOST`, then --from http://127.0.0.1:9200.',
      { cause: error },
    );
  } finally {
    await client?.close();
  }
}

/** The password, read here as a worker reads it there. @throws CliError USAGE that never shows what may be the secret itself */
async function passwordFrom(io: Io, given = ELASTIC_PASSWORD): Promise<string> {
  if (!secretRef.safeParse(given).success) {
    throw new CliError(EXIT.USAGE, '--password is not a reference', 'Use file:/absolute/path or env:NAME.');
  }
  try {
    return await createSecrets({ env: io.env, warn: (message) => note(io, message) }).resolve(given);
  } catch (error) {
    throw new CliError(
      EXIT.USAGE,
      `--password ${given} can't be read on this machine, and --from needs it here`,
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
