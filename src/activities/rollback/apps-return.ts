import { TELLING_STEPS } from '../../contract/ledger';
import type { Scope } from '../../elasticsearch/scope';
import { oldEndpointsIn } from '../../hosts/app-config';
import { editText, readHostFile } from '../../hosts/read-file';
import { quote } from '../../hosts/script';
import { hostRef } from '../../plan/hosts';
import type { AppHost } from '../../plan/schema';
import { onEvery } from '../every';
import { nodeAnswers } from '../nodes/scripts';
import { oldNodesNow } from './side';

/** Longest time for one app host to ask its old nodes, in seconds; each may take ten to answer. */
const ASK_SECONDS = 120;

/** What one app would find with the file that it gets back. */
export interface AppReturns {
  /** Whether it reaches an old node that the file names and that serves, or the file names none by address. */
  ok: boolean;
  /** One sentence. */
  seen: string;
}

/**
 * Asks from each app's own host for the old nodes that the file names which it gets back: the one that the undo of its switch
 * would put there, or the one that it has. One that answers and is a member of the cluster is enough for an app; those that do
 * not or are not are told.
 */
export async function appsReturn(scope: Scope, apps: AppHost[]): Promise<AppReturns[]> {
  const outside = new Map((await oldNodesNow(scope)).flatMap((one) => (one.problem ? [[one.host, one.problem]] : [])));
  return onEvery(apps, (app) => appReturns(scope, app, outside));
}

/** @param outside what keeps an old node from serving, by host */
async function appReturns(scope: Scope, app: AppHost, outside: Map<string, string>): Promise<AppReturns> {
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
    ({ name, address }) => `if ${nodeAnswers(plan, address)}; then echo ${quote(`yes ${name}`)}; fi`,
  );
  const lines = (await hosts.ask(ref, script.join('\n'), { timeoutSeconds: ASK_SECONDS })).split('\n');
  const answers = old.filter(({ name }) => lines.includes(`yes ${name}`));
  const serving = answers.filter(({ name }) => !outside.has(name)).map(({ name }) => name);
  const not = old.flatMap((node) => {
    if (!answers.includes(node)) return [`does not reach ${node.name} at ${node.address}:${httpPort}`];
    return outside.has(node.name) ? [`would not be served by ${outside.get(node.name)}`] : [];
  });
  if (serving.length > 0)
    return { ok: true, seen: `${app.name} ${[`reaches ${serving.join(', ')}`, ...not].join(', ')}` };
  const remedy = 'its old file names no other; mend the node or the way there';
  return { ok: false, seen: `${app.name} ${not.join(', ')}, and ${remedy}` };
}
