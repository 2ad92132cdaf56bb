import type { Activities } from '../../contract/activities';
import { lookAtRest, toldOfBalancer } from '../../elasticsearch/looks/picture';
import { reachSide } from '../../elasticsearch/looks/reach';
import { problemsOf, proofFailed, untilProven } from '../../elasticsearch/proof';
import type { Scope } from '../../elasticsearch/scope';
import { settingsChangedSince } from '../../elasticsearch/settings/before';
import { frontUrls } from '../../hosts/app-config';
import { familyOf } from '../../hosts/family';
import { readHostFile } from '../../hosts/read-file';
import { hostRef } from '../../plan/hosts';
import type { AppHost } from '../../plan/schema';
import type { Deps } from '../deps';
import { onEvery } from '../every';
import { lookAtApp } from '../switch/watch';
import { clusterTraces, hostTraces, NOTHING_SEEN } from '../teardown/traces';
import { appsReturn } from './apps-return';
import { awaitCopies } from './rebuilt';
import { roomProblems } from './room';
import { oldNodesNow, rejoinProblems, stillMembers } from './side';
import { proveUnused } from './unused';

/** Longest time for old nodes to answer before apps go back to them, in seconds: a person waits. */
const SERVE_SECONDS = 60;
/** Longest time for nodes that were started again to be seen by all, in seconds. */
const REJOIN_SECONDS = 180;
/** Longest time for room to be seen, in seconds: nothing makes it by itself. */
const ROOM_SECONDS = 60;
/** Longest time for the last proof, in seconds. */
const PROOF_SECONDS = 120;

type RollbackActivities = Pick<
  Activities,
  | ('proveOldNodesServe' | 'proveAppsCanReturn' | 'proveRoomAtHome' | 'proveRejoined')
  | ('proveNewSideUnused' | 'proveGone' | 'awaitCopies' | 'proveRolledBack')
>;

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

    async proveAppsCanReturn({ hosts }) {
      const scope = await deps.scope();
      const apps = scope.plan.hosts.apps.filter(({ name }) => hosts.includes(name));
      let seen: string[] = [];
      await untilProven(deps, 'an app must not go back yet', SERVE_SECONDS, async () => {
        const looked = await appsReturn(scope, apps);
        seen = looked.map((one) => one.seen);
        return looked.filter(({ ok }) => !ok).map((one) => one.seen);
      });
      return { proven: seen.join('; '), facts: { apps: apps.length } };
    },

    async proveRoomAtHome() {
      const scope = await deps.scope();
      await untilProven(deps, 'the old nodes can not take all data', ROOM_SECONDS, () => roomProblems(scope));
      return { proven: 'The old nodes have room for all copies of all shards.', facts: {} };
    },

    async proveRejoined(input) {
      const scope = await deps.scope();
      // A run of an older release names none.
      const hosts = input?.hosts ?? scope.plan.hosts.old.map(({ name }) => name);
      const look = () => rejoinProblems(scope, hosts);
      await untilProven(deps, 'the old nodes are not back in the cluster', REJOIN_SECONDS, look);
      return {
        proven: `${hosts.join(', ')} are in the cluster again and see all its nodes, and no old node votes.`,
        facts: { nodes: hosts.length },
      };
    },

    proveNewSideUnused: (input) => proveUnused(deps, input),

    async proveGone({ hosts, lost }) {
      const scope = await deps.scope();
      await untilProven(deps, 'not all new nodes are gone', PROOF_SECONDS, () => stillMembers(scope, hosts, lost));
      return {
        proven: `${[...hosts, ...(lost ?? [])].join(', ')} are not in the cluster any more.`,
        facts: { nodes: hosts.length },
      };
    },

    awaitCopies: ({ since }) => awaitCopies(deps, since),

    async proveRolledBack(input) {
      const scope = await deps.scope();
      const { old, apps } = scope.plan.hosts;
      // A run of an older release does not say which.
      const ours = (app: AppHost) => input?.switched?.includes(app.name) ?? true;
      let seen = NOTHING_SEEN;
      await untilProven(deps, 'not everything is as it was', PROOF_SECONDS, async () => {
        const inCluster = await clusterTraces(scope, 'old', input?.lost);
        seen = await hostTraces(scope, 'old');
        return [
          ...inCluster.problems,
          ...seen.problems,
          ...(await appsAway(scope, apps.filter(ours))),
          ...(await newNodesRunning(scope)),
        ];
      });
      const { looked } = seen;
      const { client } = await reachSide(scope, 'old');
      const { health } = await lookAtRest(client);
      const { others } = await settingsChangedSince(scope, client);
      const ill = await problemsOf(() =>
        appsAway(
          scope,
          apps.filter((app) => !ours(app)),
        ),
      );
      const notOurs = ill.length > 0 ? ` Never touched, and not well: ${ill.join('; ')}.` : '';
      const meanwhile = others.length > 0 ? ` Others changed meanwhile: ${others.join(', ')}.` : '';
      return {
        proven:
          `The cluster is ${health.status} on its ${old.length} old nodes only${toldOfBalancer(health)}, with the settings that it had; ` +
          `${apps.length} apps are well on them; no rule, device, file or unit of ours is left on ${looked.length} hosts.${meanwhile}${notOurs}`,
        facts: { nodes: health.number_of_nodes, shards: health.active_shards, hosts: looked.length, apps: apps.length },
      };
    },
  };
}

/** Apps that are not well, or whose files still name a front. */
async function appsAway(scope: Scope, apps: AppHost[]): Promise<string[]> {
  const { plan, hosts } = scope;
  const fronts = frontUrls(plan).map((url) => url.replace(/^https:\/\//, ''));
  const look = async (app: AppHost) => {
    const text = await readHostFile(hosts, hostRef(plan, app.name), app.config.path);
    const named = fronts.filter((front) => text.includes(front));
    const wrong = await lookAtApp(scope, app);
    return [
      ...(named.length > 0 ? [`${app.name}: ${app.config.path} still names ${named.join(', ')}`] : []),
      ...(wrong === undefined ? [] : [wrong]),
    ];
  };
  return (await onEvery(apps, look)).flat();
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
  return (await onEvery(plan.hosts.new, look)).flat();
}
