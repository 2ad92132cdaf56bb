import { ApplicationFailure } from '@temporalio/common';
import type { Proof } from '../../contract/proof';
import { FAILURES } from '../../contract/failures';
import { oldEndpointsIn } from '../../hosts/app-config';
import { editText, readHostFile } from '../../hosts/read-file';
import { hostRef } from '../../plan/hosts';
import { onEvery } from '../every';
import { clientsOf } from './connections';
import { lookAtApp } from './watch';
import type { AppHost } from '../../plan/schema';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';

/** Idle connections of an app that was restarted go by themselves within this time. */
const GONE_SECONDS = 60;
const PAUSE_SECONDS = 3;

/**
 * Proves that apps talk to the fronts only: their files name no old node, their checks succeed, and no client is
 * connected to an old node's http port.
 * @throws ApplicationFailure ProofFailed that names every app, key, client and old host that speaks against it
 */
export async function proveSwitched(deps: Deps): Promise<Proof> {
  const scope = await deps.scope();
  const { old, apps } = scope.plan.hosts;
  const deadline = Date.now() + GONE_SECONDS * 1000;
  for (;;) {
    const problems = await problemsNow(scope);
    if (problems.length === 0) {
      return {
        proven: "the apps use the fronts only, and no client is connected to an old node's http port",
        facts: { apps: apps.length, oldNodes: old.length },
      };
    }
    if (Date.now() >= deadline) throw ApplicationFailure.retryable(problems.join('; '), FAILURES.PROOF_FAILED);
    deps.heartbeat({ problems: problems.length });
    await deps.sleep(PAUSE_SECONDS * 1000);
  }
}

/**
 * What the file of an app still names of the old nodes, one sentence each with what to do.
 * @throws what `readHostFile` throws, and ApplicationFailure when the file is not of its format: unknown is never "none"
 */
export async function oldNodesNamed({ plan, hosts }: Scope, app: AppHost): Promise<string[]> {
  const { path, format } = app.config;
  const text = await readHostFile(hosts, hostRef(plan, app.name), path);
  const named = editText(app.name, path, () => oldEndpointsIn(format, text, plan));
  return named.map(
    ({ key, host }) => `${app.name}: ${path} still names ${host} at ${key}; correct it and restart the app`,
  );
}

async function problemsNow(scope: Scope): Promise<string[]> {
  const { plan } = scope;
  const ofApps = plan.hosts.apps.map(async (app) => {
    const named = await oldNodesNamed(scope, app);
    const wrong = await lookAtApp(scope, app);
    return wrong === undefined ? named : [...named, wrong];
  });
  const ofOldNodes = plan.hosts.old.map(async ({ name }) => {
    const clients = await clientsOf(scope, name, [plan.elasticsearch.httpPort]);
    return clients.map(
      (client) =>
        `${name}: ${client} is still connected to port ${plan.elasticsearch.httpPort}; point what runs there at the fronts, or stop it`,
    );
  });
  return (await onEvery([...ofApps, ...ofOldNodes], (found) => found)).flat();
}
