import { hostRef, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { Scope } from '../../elasticsearch/scope';
import { onEvery } from '../every';
import type { Question } from './question';
import { oldNodesNamed } from '../switch/proof';
import { clientsOf, ownClientsOf } from '../switch/connections';
import { checkOnce } from '../switch/steps';
import { list } from '../../text/format';

/** Whether each app says of itself that it works. */
export function appsHealthy(scope: Scope): Question {
  return {
    name: 'every app is healthy',
    async ask() {
      const look = async (app: Plan['hosts']['apps'][number]) => {
        const { code, stdout } = await scope.hosts.read(hostRef(scope.plan, app.name), checkOnce(app));
        const said = stdout.trim().slice(-200);
        return { name: app.name, ok: code === 0, said: code === null ? 'the connection was lost' : said };
      };
      const looked = await onEvery(scope.plan.hosts.apps, look);
      const wrong = looked.filter((one) => !one.ok);
      return wrong.length === 0
        ? { ok: true, seen: `the check of ${looked.map((one) => one.name).join(', ')} succeeds` }
        : { ok: false, seen: wrong.map((one) => `the check on ${one.name} fails: ${one.said}`).join('; ') };
    },
  };
}

/** Whether the file of each app names no old node: somebody, or what manages the host, may have put an old one back. */
export function appsUseFronts(scope: Scope): Question {
  return {
    name: 'every app is configured to use the fronts only',
    async ask() {
      const looked = await onEvery(scope.plan.hosts.apps, (app) => oldNodesNamed(scope, app));
      const named = looked.flat();
      return named.length === 0
        ? {
            ok: true,
            seen: `the files of ${scope.plan.hosts.apps.map(({ name }) => name).join(', ')} name no old node`,
          }
        : { ok: false, seen: named.join('; ') };
    },
  };
}

/**
 * Whether nobody but the cluster is connected to a node, by http or by the transport that older clients and other clusters speak.
 * Programs of its own host are told: they go with it, and whether that matters a person knows best.
 */
export function noClientsOn(scope: Scope, node: PlannedNode): Question {
  const { httpPort, transportPort } = scope.plan.elasticsearch;
  return {
    name: `no client is connected to ${node.host}:${httpPort} or :${transportPort}`,
    async ask() {
      const clients = await clientsOf(scope, node.host, [httpPort, transportPort]);
      const own = await ownClientsOf(scope, node);
      const told = own.length > 0 ? `; on the host itself, and without it from then on: ${list(own)}` : '';
      return clients.length === 0
        ? { ok: true, seen: `only nodes of the cluster, or nobody${told}` }
        : { ok: false, seen: `connected: ${clients.join(', ')}${told}` };
    },
  };
}
