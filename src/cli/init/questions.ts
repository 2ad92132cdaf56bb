import { resolve } from 'node:path';
import type { LiveCluster } from '../../elasticsearch/looks/live-cluster';
import { secretOf, type PlannedLogin } from '../../elasticsearch/client/login';
import type { PlanAnswers } from '../../plan/draft';
import { hostName, isHttps, oldHostsOf, portsOf } from './draft-live';
import type { Io } from '../io';
import { format, formatOf, hosts, hubAddresses, keys, name as nameOf, reference, text } from './answers';
import { Interview } from './interview';

/** What the options of `bigswitch init` say. */
export interface InitFlags {
  /** Address of the live cluster, and the file with the CA that it is believed by, or its fingerprint. */
  from?: string;
  ca?: string;
  fingerprint?: string;
  name?: string;
  cluster?: string;
  hub?: string;
  old?: string[];
  new?: string[];
  app?: string[];
  appConfig?: string;
  appFormat?: string;
  appSet?: string[];
  appTemplate?: string;
  appRestart?: string;
  appCheck?: string;
  user?: string;
  password?: string;
  apiKey?: string;
  token?: string;
  sshKey?: string;
  knownHosts?: string;
  frontCert?: string;
  frontKey?: string;
  frontCa?: string;
  frontUser?: string;
  frontPassword?: string;
}

/** Where compose's worker and the examples have the keys. */
const KEYS = 'file:/etc/bigswitch/keys';
/** Where the password of the cluster's user is, unless `--password` says otherwise. */
const ELASTIC_PASSWORD = `${KEYS}/elastic-password`;

/**
 * Everything that a plan needs, from the options, the live cluster, and the person at the terminal.
 * @param live the cluster, if it was read
 * @throws CliError USAGE when something is wrong, or missing where nobody can be asked
 */
export async function askForPlan(io: Io, flags: InitFlags, live?: LiveCluster): Promise<PlanAnswers> {
  const interview = new Interview(io);
  const ask = interview.answer.bind(interview);
  const clusterName = await ask(flags.cluster ?? live?.clusterName, {
    flag: '--cluster <name>',
    question: 'cluster.name of the live cluster',
    parse: text,
  });
  const name = await ask(flags.name, {
    flag: '--name <name>',
    question: 'Name of the migration (lower-case letters, digits, hyphens)',
    ...(clusterName && { default: hostName(clusterName) }),
    parse: nameOf,
  });
  const hub = await ask(flags.hub, {
    flag: '--hub <addresses>',
    question: "The hub's address, or two with a comma between: as the old and as the new hosts reach it",
    parse: hubAddresses,
  });
  const old =
    flags.old === undefined && live !== undefined
      ? oldHostsOf(live)
      : await ask(flags.old?.join(), {
          flag: '--old <host...>',
          question: 'Hosts that run the cluster now, as NAME=ADDRESS,NAME=ADDRESS',
          parse: hosts,
        });
  const fresh = await ask(flags.new?.join(), {
    flag: '--new <host...>',
    question: 'Hosts that are to run it, as NAME=ADDRESS,NAME=ADDRESS',
    parse: hosts,
  });
  const apps = await ask(flags.app?.join(), {
    flag: '--app <host...>',
    question: 'Hosts whose apps use the cluster, as NAME=ADDRESS,NAME=ADDRESS',
    parse: hosts,
  });
  const app = await askForApp(ask, flags);
  const auth = loginAsked(flags);
  if (auth) await ask(secretOf(auth), { flag: flagOf(auth), question: 'Where its secret is', parse: reference });
  const sshKey = await ask(flags.sshKey, {
    flag: '--ssh-key <ref>',
    question: 'Where the worker finds its private SSH key',
    default: `${KEYS}/id_ed25519`,
    parse: reference,
  });
  const knownHosts = flags.knownHosts ?? `${KEYS}/known_hosts`;
  const front = {
    chain: flags.frontCert ?? '/etc/ssl/bigswitch/front.crt',
    key: flags.frontKey ?? '/etc/ssl/bigswitch/front.key',
    ...(flags.frontCa && { caFile: flags.frontCa }),
    username: flags.frontUser ?? name,
    password: await ask(flags.frontPassword, {
      flag: '--front-password <ref>',
      question: 'Where the worker finds the password that the apps are to log in with',
      default: `${KEYS}/front-password`,
      parse: reference,
    }),
  };
  interview.complete();
  const ports = live && portsOf(live);
  return {
    name,
    clusterName,
    hub,
    old,
    new: fresh,
    apps,
    app,
    ports,
    ...(auth && { auth }),
    https: trustOf(flags),
    sshKey,
    knownHosts,
    front,
  };
}

/** Who bigswitch is to the cluster, as the options say, with the reference to the secret as it was given. */
export function loginAsked({ user, password = ELASTIC_PASSWORD, apiKey, token }: InitFlags): PlannedLogin | undefined {
  if (apiKey !== undefined) return { apiKey };
  if (token !== undefined) return { token };
  return user === undefined ? undefined : { username: user, password };
}

/** The option that says where the secret of a login is. */
export function flagOf(login: PlannedLogin): string {
  if ('apiKey' in login) return '--api-key';
  return 'token' in login ? '--token' : '--password';
}

/** By what the worker is to believe that nodes are nodes; undefined where they speak plain http. */
function trustOf({ from, ca, fingerprint }: InitFlags): PlanAnswers['https'] {
  const secured = from === undefined ? (ca ?? fingerprint) !== undefined : isHttps(from);
  if (!secured) return undefined;
  if (fingerprint !== undefined) return { fingerprint };
  return { ca: ca === undefined ? `${KEYS}/nodes-ca.crt` : `file:${resolve(ca)}` };
}

async function askForApp(ask: Interview['answer'], flags: InitFlags): Promise<PlanAnswers['app']> {
  const path = await ask(flags.appConfig, {
    flag: '--app-config <path>',
    question: 'The file on an app host that names the cluster',
    parse: text,
  });
  const kind = await ask(flags.appFormat, {
    flag: '--app-format <format>',
    question: 'Its format: yaml, json, env or text',
    ...(path && { default: formatOf(path) }),
    parse: format,
  });
  const how =
    kind === 'text'
      ? {
          template: await ask(flags.appTemplate, {
            flag: '--app-template <ref>',
            question: 'Template on the worker that becomes the whole file, as file:/path',
            parse: reference,
          }),
        }
      : {
          set: await ask(flags.appSet?.join(), {
            flag: '--app-set <key=value...>',
            question: 'Its keys, as KEY={{urls}},KEY={{username}},KEY={{password}}',
            parse: keys,
          }),
        };
  const restart = await ask(flags.appRestart, {
    flag: '--app-restart <command>',
    question: 'Command that restarts the app gracefully',
    parse: text,
  });
  const check = await ask(flags.appCheck, {
    flag: '--app-check <command>',
    question: 'Command that exits 0 while the app works',
    parse: text,
  });
  return { path, format: kind, ...how, restart, check };
}
