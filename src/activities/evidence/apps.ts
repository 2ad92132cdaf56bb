import pMap from 'p-map';
import { hostRef, plannedNodes, type PlannedNode } from '../../plan/hosts';
import type { Plan } from '../../plan/schema';
import type { Scope } from '../../elasticsearch/scope';
import type { Question } from './question';
import { oldNodesNamed } from '../switch/proof';
import { checkOnce } from '../switch/steps';

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
      const looked = await pMap(scope.plan.hosts.apps, look, { concurrency: 8 });
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
      const looked = await pMap(scope.plan.hosts.apps, (app) => oldNodesNamed(scope, app), { concurrency: 8 });
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

/** Whether nobody but the cluster is connected to the http port of a node. */
export function noClientsOn(scope: Scope, node: PlannedNode): Question {
  const { httpPort } = scope.plan.elasticsearch;
  return {
    name: `no client is connected to ${node.host}:${httpPort}`,
    async ask() {
      const out = await scope.hosts.ask(
        hostRef(scope.plan, node.host),
        `command -v ss >/dev/null || { echo 'ss is not installed' >&2; exit 1; }\nss -Htn state established '( sport = :${httpPort} )'`,
      );
      const clients = foreignPeers(out, scope.plan);
      return clients.length === 0
        ? { ok: true, seen: 'only nodes of the cluster, or nobody' }
        : { ok: false, seen: `connected: ${clients.join(', ')}` };
    },
  };
}

/**
 * Addresses in the output of `ss -Htn` that are neither nodes of the plan, nor the hub, nor the host itself.
 * @throws Error when a line can't be understood
 */
export function foreignPeers(out: string, plan: Plan): string[] {
  const nodes = plannedNodes(plan);
  const known = new Set([
    ...nodes.flatMap((node) => [node.address, node.vpnAddress]),
    plan.hosts.hub.addressForOld,
    plan.hosts.hub.addressForNew,
    '127.0.0.1',
    '::1',
  ]);
  const peers = out
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const peer = line.trim().split(/\s+/)[3];
      const match = /^\[?(?:::ffff:)?([0-9a-f.:]+?)\]?:\d+$/i.exec(peer ?? '');
      if (!match?.[1]) throw new Error(`a line of ss can't be understood: ${line.trim()}`);
      return match[1];
    });
  const named = new Map(plan.hosts.apps.map((app) => [app.address, app.name]));
  const foreign = [...new Set(peers)].filter((peer) => !known.has(peer));
  return foreign.map((peer) => (named.has(peer) ? `${peer} (${named.get(peer)})` : peer));
}
