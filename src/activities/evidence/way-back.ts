import { oldEndpointsIn } from '../../hosts/app-config';
import { readHostFile } from '../../hosts/read-file';
import { quote, TEMPORARY_FOLDER } from '../../hosts/script';
import { excerpt } from '../../hosts/errors';
import { hostRef } from '../../plan/hosts';
import type { AppHost, Plan } from '../../plan/schema';
import { switchStep } from '../switch/steps';
import type { Scope } from '../../elasticsearch/scope';
import { onEvery } from '../every';
import type { Question } from './question';
import { nodeAnswers } from '../nodes/scripts';

/** Longest time for one app host to rehearse, in seconds; each old node may take ten to answer. */
const REHEARSAL_SECONDS = 120;

/**
 * Whether every app could go back at once: on its host the undo of the switch is rehearsed as far as it can be without
 * touching the app, and the old nodes that its configuration names are reached from there now.
 */
export function appsCanReturn(scope: Scope): Question {
  return {
    name: 'the way back is rehearsed on every app host',
    async ask() {
      const looked = await onEvery(scope.plan.hosts.apps, (app) => rehearse(scope, app));
      const wrong = looked.filter(({ ok }) => !ok);
      return { ok: wrong.length === 0, seen: (wrong.length > 0 ? wrong : looked).map(({ seen }) => seen).join('; ') };
    },
  };
}

async function rehearse(scope: Scope, app: AppHost): Promise<{ ok: boolean; seen: string }> {
  const { plan, hosts } = scope;
  const ref = hostRef(plan, app.name);
  const text = await readHostFile(hosts, ref, app.config.path);
  const named = new Set(oldEndpointsIn(app.config.format, text, plan).map(({ host }) => host));
  const old = plan.hosts.old.filter(({ name }) => named.has(name));
  const { code, stderr } = await hosts.read(ref, rehearsalScript(plan, app, old), {
    timeoutSeconds: REHEARSAL_SECONDS,
  });
  if (code !== 0) return { ok: false, seen: `${app.name}: ${excerpt(stderr, {}, 300) || 'it could not be rehearsed'}` };
  const reached =
    old.length === 0 ? 'its file names no old node by address' : `reaches ${[...named].sort().join(', ')}`;
  return { ok: true, seen: `${app.name}: its file can be saved, the undo script is sound, ${reached}` };
}

/** Saves the app's file into a folder of its own, compares it, lets the shell parse the undo, and asks the old nodes. */
function rehearsalScript(plan: Plan, app: AppHost, old: { name: string; address: string }[]): string {
  const { save = 'false', undo } = switchStep(app, '', plan.front.port);
  const { httpPort } = plan.elasticsearch;
  return `set -eu
${TEMPORARY_FOLDER}BACKUP=$TEMP/backup
mkdir "$BACKUP"
${save}
cmp -s ${quote(app.config.path)} "$BACKUP/file" || { echo 'its configuration file could not be saved' >&2; exit 1; }
printf '%s\\n' ${quote(undo)} >"$TEMP/undo.sh"
sh -n "$TEMP/undo.sh"
${old.map(({ name, address }) => `${nodeAnswers(plan, address)} || { echo ${quote(`${name} does not answer from here at ${address}:${httpPort}`)} >&2; exit 1; }`).join('\n')}
`;
}
