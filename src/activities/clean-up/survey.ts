import { familyOf } from '../../hosts/family';
import type { Activities, HostSurvey } from '../../contract/activities';
import { readLedger } from '../../elasticsearch/ledger/records';
import { settingsAreKept } from '../../elasticsearch/settings/before';
import type { HostRef } from '../../plan/hosts';
import { allHosts, hostRef } from '../../plan/hosts';
import type { Deps } from '../deps';
import { onEvery } from '../every';
import type { Scope } from '../../elasticsearch/scope';

/** Record on the hub that says that teardown has begun: from there the way is forward only. */
const TEARDOWN = 'teardown';

/** Finds out from the hosts themselves how far a run had come of which nothing else is known. Read-only but for the mark. */
export function createSurveyActivities(
  deps: Deps,
): Pick<Activities, 'surveyHosts' | 'markTeardown' | 'unmarkTeardown'> {
  return {
    async surveyHosts() {
      const scope = await deps.scope();
      const hosts = await onEvery(allHosts(scope.plan), (host) => look(deps, scope, host));
      deps.heartbeat();
      const hub = hostRef(scope.plan, scope.plan.hosts.hub.name);
      const records = await readLedger(scope);
      const kept = await scope.hosts.kept(hub);
      return {
        hosts,
        cluster: records.map(({ id, phase, summary, at }) => ({
          host: hub.name,
          phase,
          step: id,
          summary,
          at,
          changed: true,
        })),
        settingsKept: settingsAreKept(kept),
        tearingDown: TEARDOWN in kept,
      };
    },

    async markTeardown() {
      const { plan, hosts } = await deps.scope();
      await hosts.keep(hostRef(plan, plan.hosts.hub.name), TEARDOWN, { at: new Date().toISOString() });
    },

    async unmarkTeardown() {
      const { plan, hosts } = await deps.scope();
      await hosts.unkeep(hostRef(plan, plan.hosts.hub.name), TEARDOWN);
    },
  };
}

async function look({ server }: Deps, scope: Scope, host: HostRef): Promise<HostSurvey> {
  const { steps, claim } = await scope.hosts.recorded(host);
  const isNode = host.role === 'old' || host.role === 'new';
  return {
    host: host.name,
    role: host.role,
    steps,
    ...(claim && { claim: await server.judge(claim) }),
    ...(isNode && { running: await isRunning(scope, host) }),
  };
}

async function isRunning({ plan, hosts }: Scope, host: HostRef): Promise<boolean> {
  const { services } = familyOf(host);
  return !services.saysStopped(await hosts.ask(host, services.stateScript(plan.elasticsearch.service)));
}
