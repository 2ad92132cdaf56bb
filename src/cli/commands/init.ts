import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Client } from '@elastic/elasticsearch';
import type { Command } from 'commander';
import { readLiveCluster, type LiveCluster } from '../../elasticsearch/looks/live-cluster';
import { draftPlan, planYaml } from '../../plan/draft';
import { risksOf } from '../init/draft-live';
import { parsePlan } from '../../plan/parse';
import { secretRef } from '../../plan/secret-ref';
import { createSecrets } from '../../secrets/resolve';
import { examples, type Cli, type Register } from '../cli';
import { CliError, EXIT } from '../exit';
import { isPromptEnd } from '../explain';
import { askForPlan, ELASTIC_PASSWORD, type InitFlags } from '../init/questions';
import { note, say, sayJson, type Io } from '../io';

interface Flags extends InitFlags {
  from?: string;
  ca?: string;
  force?: boolean;
}

/** Longest time for one answer of the live cluster, in milliseconds. */
const ANSWER_MS = 10_000;

/** `bigswitch init`: writes a plan with the person's answers and what the live cluster says. */
export const initCommand: Register = (program, cli) => {
  const command: Command = program
    .command('init')
    .description(
      'Writes a plan file. It asks for what it needs; each answer can be given as an option as well, and without a terminal has ' +
        'to be. With --from it reads names, addresses and indices from the live cluster, and says what to look at first.',
    )
    .argument('[file]', 'the plan to write', 'plan.yaml')
    .option('--from <url>', 'http address of any node of the live cluster, as it is reached from here; it is only read')
    .option('--ca <file>', 'CA that verifies the certificate of --from, if it is https')
    .option('--force', 'write over a file that is there')
    .option('--name <name>', 'name of the migration; default: that of the cluster')
    .option('--cluster <name>', 'cluster.name; with --from it is read')
    .option('--hub <addresses>', 'address of the hub, or two: OLD,NEW as the old and the new hosts reach it')
    .option('--old <host...>', 'hosts that run the cluster now, each as NAME=ADDRESS; with --from they are read')
    .option('--new <host...>', 'hosts that are to run it')
    .option('--app <host...>', 'hosts whose apps use it')
    .option('--app-config <path>', 'the file there that names the cluster')
    .option('--app-format <format>', 'yaml, json, env or text; default: by its name')
    .option('--app-set <key=value...>', 'its keys; {{urls}}, {{username}} and {{password}} are filled in')
    .option('--app-template <ref>', 'for text: template on the worker, as file:/path')
    .option('--app-restart <command>', 'restarts the app gracefully')
    .option('--app-check <command>', 'exits 0 while the app works')
    .option('--user <name>', "user of the cluster's http API, if it has security")
    .option('--password <ref>', 'where its password is: file:/path or env:NAME, never the password itself')
    .option('--ssh-key <ref>', 'private SSH key of the worker')
    .option('--known-hosts <ref>', 'known_hosts of the worker, as file:/path')
    .option('--front-cert <path>', 'certificate chain on the new hosts')
    .option('--front-key <path>', 'its key on the new hosts')
    .option('--front-ca <path>', "CA on the app hosts that verifies it, where the system's do not")
    .option('--front-user <name>', 'user that the apps log in with; default: the name of the migration')
    .option('--front-password <ref>', 'where its password is')
    .addHelpText(
      'after',
      examples(
        ['bigswitch init', 'asks, and writes plan.yaml'],
        ['ssh -NL 9200:10.0.1.11:9200 old-1', 'first, where the cluster is not reached from here; then'],
        ['bigswitch init --from http://127.0.0.1:9200', 'asks only for what the cluster does not know'],
        ['bigswitch init --from https://es:9200 --user elastic --password env:ES_PASSWORD', ''],
      ),
    );
  command.action(async (file: string, flags: Flags) => init(cli, file, flags, cli.globals(command).json ?? false));
};

async function init(cli: Cli, file: string, flags: Flags, json: boolean): Promise<void> {
  const { io } = cli;
  if (existsSync(file) && flags.force !== true) {
    throw new CliError(EXIT.REFUSED, `${file} is there already`, 'Name another file, or write over it with --force.');
  }
  const live = flags.from === undefined ? undefined : await look(io, flags.from, flags);
  if (live) note(io, `${live.clusterName}: ${live.nodes.length} nodes, ${live.indices.length} indices, ${live.status}`);
  const answers = await askForPlan(io, flags, live).catch((error: unknown) => {
    throw isPromptEnd(error) ? new CliError(EXIT.INTERRUPTED, 'Interrupted; nothing was written.') : error;
  });
  const plan = draftPlan(answers);
  parsePlan(plan);
  const risks = live ? risksOf(live, answers.new.length, flags.from) : [];
  try {
    writeFileSync(file, planYaml(plan, risks), { flag: flags.force === true ? 'w' : 'wx' });
  } catch (error) {
    throw new CliError(EXIT.FAILED, `${file} can't be written: ${(error as Error).message}`);
  }
  if (json) return sayJson(io, { file, plan, risks });
  say(
    io,
    [
      `${file} is written.`,
      ...(risks.length > 0 ? ['Look at this first:', ...risks.map((risk) => `  - ${risk}`)] : []),
      'Next:',
      `  bigswitch check ${file}   asks hosts and cluster whether it can be done; changes nothing`,
      `  bigswitch plan ${file}    shows what would be done; changes nothing`,
      `  bigswitch start ${file}   starts it`,
    ].join('\n'),
  );
}

async function look(io: Io, url: string, flags: Flags): Promise<LiveCluster> {
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
