import { ApplicationFailure } from '@temporalio/common';
import type { Proof } from '../../contract/proof';
import { FAILURES } from '../../contract/failures';
import { excerpt } from '../../hosts/errors';
import { hostRef } from '../../plan/hosts';
import type { AppHost } from '../../plan/schema';
import { checkOnce } from './steps';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';

/** Milliseconds between two looks at an app. */
const INTERVAL_MS = 2000;
/** One failed check may be a hiccup of the check itself; two in a row are the app. */
const FAILURES_IN_A_ROW = 2;

/** What one look at an app said: undefined when it is well. */
export async function lookAtApp(scope: Scope, app: AppHost): Promise<string | undefined> {
  const { code, stdout } = await scope.hosts.read(hostRef(scope.plan, app.name), checkOnce(app));
  if (code === 0) return undefined;
  return `${app.name}: its check ended with exit code ${code} and said: ${excerpt(stdout, {}, 300)}`;
}

/**
 * Asks every app's check for some seconds, side by side.
 * @throws ApplicationFailure ProofFailed (no retry: the app has to be brought back) when a check fails twice in a row
 * @throws what `hosts.read` throws (retry) when a host can't be reached twice in a row: that is unknown, not unhealthy
 */
export async function watchApps(deps: Deps, input: { hosts: string[]; seconds: number }): Promise<Proof> {
  const scope = await deps.scope();
  const apps = scope.plan.hosts.apps.filter(({ name }) => input.hosts.includes(name));
  if (apps.length !== input.hosts.length) throw new Error(`not all of ${input.hosts.join(', ')} are app hosts`);
  const failed = new Map<string, number>();
  const deadline = Date.now() + input.seconds * 1000;
  let looks = 0;
  const look = async (app: AppHost): Promise<void> => {
    const wrong = await lookAtApp(scope, app).catch((error: Error) => error);
    looks += 1;
    const times = wrong === undefined ? 0 : (failed.get(app.name) ?? 0) + 1;
    failed.set(app.name, times);
    if (wrong === undefined || times < FAILURES_IN_A_ROW) return;
    throw wrong instanceof Error ? wrong : ApplicationFailure.nonRetryable(wrong, FAILURES.PROOF_FAILED);
  };
  for (;;) {
    await Promise.all(apps.map(look));
    deps.heartbeat({ looks });
    const pending = [...failed.values()].some((times) => times > 0);
    if (Date.now() >= deadline && !pending) break;
    await deps.sleep(INTERVAL_MS);
  }
  return { proven: `the apps stayed well for ${input.seconds} s`, facts: { apps: apps.length, looks } };
}
