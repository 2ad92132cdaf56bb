import { ApplicationFailure } from '@temporalio/common';
import type { Activities, OnHost } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { TELLING_STEPS } from '../../contract/ledger';
import { frontUrls, oldEndpointsIn, renderAppConfig } from '../../hosts/app-config';
import { editText, readHostFile } from '../../hosts/read-file';
import { hostRef, NoSuchHost } from '../../plan/hosts';
import type { AppHost, Plan } from '../../plan/schema';
import { switchStep } from './steps';
import { proveSwitched } from './proof';
import { watchApps } from './watch';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';

/** Activities that point the apps at the fronts: "the big switch o' doom" of the story, with a way back. */
export function createAppActivities(deps: Deps): Pick<Activities, 'switchApp' | 'watchApps' | 'proveSwitched'> {
  return {
    async switchApp({ host }: OnHost) {
      const scope = await deps.scope();
      const app = appOf(scope.plan, host);
      const content = await switchedConfig(scope, deps, app);
      try {
        return [await scope.hosts.apply(hostRef(scope.plan, host), switchStep(app, content, scope.plan.front.port))];
      } catch (error) {
        // Only a host that answered is taken back: after a lost connection the next try goes on from where it was.
        if (!(error instanceof ApplicationFailure) || error.type !== FAILURES.STEP_FAILED) throw error;
        throw await returned(scope, app, error);
      }
    },
    watchApps: (input) => watchApps(deps, input),
    proveSwitched: () => proveSwitched(deps),
  };
}

function appOf(plan: Plan, host: string): AppHost {
  const app = plan.hosts.apps.find((one) => one.name === host);
  if (!app) throw new NoSuchHost(`the plan has no app host named "${host}"`);
  return app;
}

/** The app's file as it is to be. A file that would still name an old node is refused before anything is changed. */
async function switchedConfig(scope: Scope, deps: Deps, app: AppHost): Promise<string> {
  const { plan, hosts } = scope;
  const { path, format, template } = app.config;
  const values = {
    urls: frontUrls(plan),
    username: plan.front.auth.username,
    password: await deps.secrets.resolve(plan.front.auth.password),
  };
  const templateText = template === undefined ? undefined : await deps.secrets.resolve(template);
  const text = await readHostFile(hosts, hostRef(plan, app.name), path);
  const wholeTemplate = templateText === undefined || templateText.endsWith('\n') ? templateText : `${templateText}\n`;
  const content = editText(app.name, path, () => renderAppConfig(app.config, text, values, wholeTemplate));
  const left = editText(app.name, path, () => oldEndpointsIn(format, content, plan));
  if (left.length === 0) return content;
  const where = left.map(({ key, host }) => `${key} (${host})`).join(', ');
  throw ApplicationFailure.nonRetryable(
    `${app.name}: ${path} would still name old nodes: ${where}; add these keys to config.set of this app host in the plan; nothing was changed`,
    FAILURES.STEP_FAILED,
  );
}

/** Puts the old file back, restarts the app, and says what was seen. */
async function returned(scope: Scope, app: AppHost, seen: ApplicationFailure): Promise<ApplicationFailure> {
  try {
    await scope.hosts.undo(hostRef(scope.plan, app.name), { steps: [TELLING_STEPS.APP_SWITCHED] });
  } catch (error) {
    return ApplicationFailure.nonRetryable(
      `${app.name}: the app did not work with the fronts, and did not come back with its old configuration either: ` +
        `${(error as Error).message}; before that: ${seen.message}; look at the app on its host, then send resume or rollback`,
      FAILURES.STEP_FAILED,
    );
  }
  return ApplicationFailure.nonRetryable(
    `${app.name}: the app did not work with the fronts; its old configuration is back and it works with it again. ` +
      `What was seen: ${seen.message}`,
    FAILURES.APP_RETURNED,
  );
}
