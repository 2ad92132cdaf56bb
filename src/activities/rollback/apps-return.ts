import { TELLING_STEPS } from '../../contract/ledger';
import type { Scope } from '../../elasticsearch/scope';
import { oldEndpointsIn } from '../../hosts/app-config';
import { editText, readHostFile } from '../../hosts/read-file';
import { quote } from '../../hosts/script';
import { hostRef } from '../../plan/hosts';
import type { AppHost } from '../../plan/schema';
import { onEvery } from '../every';
import { answersHttp } from '../nodes/scripts';

/** Longest time for one app host to ask its old nodes, in seconds; each may take ten to answer. */
const ASK_SECONDS = 120;

/** What one app would find with the file that it gets back. */
export interface AppReturns {
  /** Whether it reaches an old node that the file names, or the file names none by address. */
  ok: boolean;
  /** One sentence. */
  seen: string;
}

/**
 * Asks from each app's own host for the old nodes that the file names which it gets back: the one that the undo of its switch
 * would put there, or the one that it has. One that answers is enough for an app; those that do not are told.
 */
export function appsReturn(scope: Scope, apps: AppHost[]): Promise<AppReturns[]> {
  return onEvery(apps, (app) => appReturns(scope, app));
}

async function appReturns(scope: Scope, app: AppHost): Promise<AppReturns> {
  const { plan, hosts } = scope;
  const { path, format } = app.config;
  const ref = hostRef(plan, app.name);
  const saved = await hosts.saved(ref, TELLING_STEPS.APP_SWITCHED);
  const text = saved ?? (await readHostFile(hosts, ref, path));
  const named = new Set(editText(app.name, path, () => oldEndpointsIn(format, text, plan)).map(({ host }) => host));
  const old = plan.hosts.old.filter(({ name }) => named.has(name));
  if (old.length === 0) return { ok: true, seen: `${app.name}: its file names no old node by address` };
  const { httpPort } = plan.elasticsearch;
  const script = old.map(
    ({ name, address }) => `if ${answersHttp(address, httpPort)}; then echo ${quote(`yes ${name}`)}; fi`,
  );
  const lines = (await hosts.ask(ref, script.join('\n'), { timeoutSeconds: ASK_SECONDS })).split('\n');
  const reached = old.filter(({ name }) => lines.includes(`yes ${name}`)).map(({ name }) => name);
  const silent = old
    .filter(({ name }) => !reached.includes(name))
    .map(({ name, address }) => `${name} at ${address}:${httpPort}`);
  const not = silent.length > 0 ? `does not reach ${silent.join(', ')}` : '';
  if (reached.length === 0)
    return { ok: false, seen: `${app.name} ${not}, and its old file names no other; mend the way there` };
  return { ok: true, seen: `${app.name} reaches ${reached.join(', ')}${not === '' ? '' : `, and ${not}`}` };
}
