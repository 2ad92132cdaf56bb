import { familyOf } from '../../hosts/family';
import pMap from 'p-map';
import type { Activities } from '../../contract/activities';
import { proofFailed, problemsOf, untilProven } from '../../elasticsearch/proof';
import { lookAtRest } from '../../elasticsearch/looks/picture';
import { readLocalView } from '../../elasticsearch/looks/nodes';
import { reachSide } from '../../elasticsearch/looks/reach';
import { isOurCluster, settingsChangedSince } from '../../elasticsearch/settings/before';
import { readHostFile } from '../../hosts/read-file';
import { frontUrls } from '../../hosts/app-config';
import { hostRef, plannedNodes } from '../../plan/hosts';
import { lookAtApp } from '../switch/watch';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { membershipProblems, quorumProblems } from '../join/proof';
import { clusterTraces, hostTraces, NOTHING_SEEN } from '../teardown/traces';

/** Longest time for old nodes to answer before apps go back to them, in seconds: a person waits. */
const SERVE_SECONDS = 60;
/** Longest time for nodes that were started again to be seen by all, in seconds. */
const REJOIN_SECONDS = 180;
/** Longest time for the last proof, in seconds. */
const PROOF_SECONDS = 120;
/** Hosts that are asked at the same time. */
const SIDE_BY_SIDE = 8;

type RollbackActivities = Pick<Activities, 'proveOldNodesServe' | 'proveRejoined' | 'proveRolledBack'>;

/** The proofs of the way back: before the apps go back, after stopped nodes were started again, and at the end. */
export function createRollbackActivities(deps: Deps): RollbackActivities {
  return {
    async proveOldNodesServe() {
      const scope = await deps.scope();
      let serving: string[] = [];
      await untilProven(deps, 'the apps have no old node to go back to', SERVE_SECONDS, async () => {
        const answers = await oldNodesNow(scope);
        serving = answers.filter(({ problem }) => problem === undefined).map(({ host }) => host);
        return serving.length > 0 ? [] : answers.map(({ problem }) => problem ?? '');
      });
      return { proven: `${serving.join(', ')} serve as members of the cluster`, facts: { serving: serving.length } };
    },

    async proveRejoined() {
      const scope = await deps.scope();
      await untilProven(deps, 'the old nodes are not back in the cluster', REJOIN_SECONDS, async () => [
        ...(await membershipProblems(scope)),
        ...(await quorumProblems(scope, 'new')),
      ]);
      const nodes = plannedNodes(scope.plan).length;
      return {
        proven: `All ${nodes} nodes see all ${nodes} nodes from both sides again, the cluster is green, and only new nodes vote.`,
        facts: { nodes },
      };
    },

    async proveRolledBack() {
      const scope = await deps.scope();
      let seen = NOTHING_SEEN;
      await untilProven(deps, 'not everything is as it was', PROOF_SECONDS, async () => {
        const inCluster = await clusterTraces(scope, 'old');
        seen = await hostTraces(scope);
        return [...inCluster, ...seen.problems, ...(await appsAway(scope)), ...(await newNodesRunning(scope))];
      });
      const { looked } = seen;
      const { client } = await reachSide(scope, 'old');
      const { health } = await lookAtRest(client);
      const { others } = await settingsChangedSince(scope, client);
      const { old, apps } = scope.plan.hosts;
      const meanwhile = others.length > 0 ? ` Others changed meanwhile: ${others.join(', ')}.` : '';
      return {
        proven:
          `The cluster is ${health.status} on its ${old.length} old nodes only, with the settings that it had; ` +
          `${apps.length} apps are well on them; no rule, device, file or unit of ours is left on ${looked.length} hosts.${meanwhile}`,
        facts: { nodes: health.number_of_nodes, shards: health.active_shards, hosts: looked.length, apps: apps.length },
      };
    },
  };
}

/** What each old node says of itself. */
async function oldNodesNow(scope: Scope): Promise<{ host: string; problem?: string }[]> {
  const look = async ({ name: host }: { name: string }) => {
    const [problem] = await problemsOf(async () => {
      const view = await readLocalView(scope.cluster.via(host));
      if (view.master === undefined) return ['knows no elected master'];
      // A hub that is away must not keep the apps from going back.
      const ours = await isOurCluster(scope, view.clusterUuid).catch(() => true);
      return ours ? [] : ['belongs to another cluster'];
    });
    return { host, ...(problem !== undefined && { problem: `${host}: ${problem}` }) };
  };
  return pMap(scope.plan.hosts.old, look, { concurrency: SIDE_BY_SIDE });
}

/** Apps that are not well, or whose files still name a front. */
async function appsAway(scope: Scope): Promise<string[]> {
  const { plan, hosts } = scope;
  const fronts = frontUrls(plan).map((url) => url.replace(/^https:\/\//, ''));
  const look = async (app: (typeof plan.hosts.apps)[number]) => {
    const text = await readHostFile(hosts, hostRef(plan, app.name), app.config.path);
    const named = fronts.filter((front) => text.includes(front));
    const wrong = await lookAtApp(scope, app);
    return [
      ...(named.length > 0 ? [`${app.name}: ${app.config.path} still names ${named.join(', ')}`] : []),
      ...(wrong === undefined ? [] : [wrong]),
    ];
  };
  return (await pMap(plan.hosts.apps, look, { concurrency: SIDE_BY_SIDE })).flat();
}

/** New hosts on which Elasticsearch still runs. */
async function newNodesRunning(scope: Scope): Promise<string[]> {
  const { plan, hosts } = scope;
  const { service } = plan.elasticsearch;
  const look = async ({ name }: { name: string }) => {
    const ref = hostRef(plan, name);
    const { services } = familyOf(ref);
    const { code, stdout } = await hosts.read(ref, services.stateScript(service));
    if (code !== 0) throw proofFailed(`${name}: whether ${service} runs could not be seen`);
    return services.saysStopped(stdout) ? [] : [`${name}: ${service} is "${stdout.trim()}"`];
  };
  return (await pMap(plan.hosts.new, look, { concurrency: SIDE_BY_SIDE })).flat();
}
