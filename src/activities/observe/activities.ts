import { activityInfo } from '@temporalio/activity';
import pMap from 'p-map';
import { z } from 'zod';
import type { Activities } from '../../contract/activities';
import { packPlaces, type Places, type Watched } from '../../contract/places';
import { NOTHING_KNOWN, sayBelowGreen, type AppStats, type ClusterSample, type Sample } from '../../contract/progress';
import { readHealth } from '../../elasticsearch/looks/health';
import { reachCluster } from '../../elasticsearch/looks/reach';
import { readShards } from '../../elasticsearch/shards/table';
import { asLogin } from '../../hosts/script';
import { allHosts, hostRef, plannedNodes } from '../../plan/hosts';
import { tunnelOf } from '../bridge/tunnels';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';

/** So often hosts are told that the run which holds them lives, in milliseconds. */
const RENEW_MS = 5 * 60_000;
/** Hosts that are told at the same time. */
const SIDE_BY_SIDE = 8;

/** The activity that watches beside everything else. */
export function createObserveActivities(deps: Deps): Pick<Activities, 'observe'> {
  return {
    async observe({ count, green = false }) {
      const samples = earlierSamples();
      const wasGreen = () => green || samples.some(({ health }) => health === 'green');
      const over = () => samples.length >= count || (wasGreen() && sayBelowGreen(samples));
      let renewedAt = -Infinity;
      try {
        while (!over()) {
          const startedAt = Date.now();
          if (startedAt - renewedAt >= RENEW_MS) {
            renewedAt = startedAt;
            // Not waited for: a host that is away must not spoil the sample.
            void renewClaims(deps);
          }
          // A look that fails is a sample too, and never an end.
          const { sample, places } = await boundedLook(deps, startedAt);
          samples.push(sample);
          tell(deps, { samples, ...(places && { places }) });
          const interval = (await intervalMs(deps)) - (Date.now() - startedAt);
          if (!over()) await deps.sleep(Math.max(0, interval));
        }
      } finally {
        // What was told last goes into the history with a cancellation: the places have no business there.
        tell(deps, { samples });
      }
      return samples;
    },
  };
}

/** Says on every host that this run lives, so that nobody takes it for one that is gone. Never throws. */
async function renewClaims(deps: Deps): Promise<void> {
  try {
    const { plan, hosts } = await deps.scope();
    await pMap(allHosts(plan), (host) => hosts.renew(host).catch(() => undefined), { concurrency: SIDE_BY_SIDE });
  } catch {
    // The next call tries again.
  }
}

function tell(deps: Deps, watched: Watched): void {
  deps.heartbeat(watched);
}

/** Samples that an attempt before this one had taken when its worker died. */
function earlierSamples(): Sample[] {
  try {
    const before = activityInfo().heartbeatDetails as Partial<Watched> | undefined;
    return Array.isArray(before?.samples) ? [...before.samples] : [];
  } catch {
    // Outside an activity there was no attempt before.
    return [];
  }
}

async function intervalMs(deps: Deps): Promise<number> {
  return (await deps.scope()).plan.sampleSeconds * 1000;
}

/** Longest time of one look, in milliseconds. */
const LOOK_MS = 20_000;

/** What one look sees: the sample is kept for good, the places only until the next look. */
interface Look {
  sample: Sample;
  places?: Places;
}

/** A look that hangs becomes a sample of nothing known; a cancellation ends it at once. */
async function boundedLook(deps: Deps, t: number): Promise<Look> {
  const look = takeLook(deps, t);
  const late = deps.sleep(LOOK_MS).then((): Look => ({ sample: { t, ...NOTHING_KNOWN } }));
  return Promise.race([look, late]);
}

async function takeLook(deps: Deps, t: number): Promise<Look> {
  const scope = await deps.scope();
  const [seen, bridgeBytes, apps] = await Promise.all([
    lookAtCluster(scope, t).catch(() => ({ cluster: NOTHING_KNOWN, places: undefined })),
    tunnelOf(scope.plan)
      .bytes(scope)
      .catch(() => undefined),
    readApps(scope),
  ]);
  const sample = {
    t,
    ...seen.cluster,
    ...(bridgeBytes !== undefined && { bridgeBytes }),
    ...(Object.keys(apps).length > 0 && { apps }),
  };
  return { sample, places: seen.places };
}

async function lookAtCluster(scope: Scope, t: number): Promise<{ cluster: ClusterSample; places: Places }> {
  const { client, view } = await reachCluster(scope, 'new');
  const [health, table] = await Promise.all([readHealth(client), readShards(client)]);
  const sides = new Map(plannedNodes(scope.plan).map((node) => [node.nodeName, node.side]));
  const on = (side: 'old' | 'new') => table.filter((copy) => copy.node !== undefined && sides.get(copy.node) === side);
  const bytes = (side: 'old' | 'new') => on(side).reduce((sum, copy) => sum + copy.bytes, 0);
  const cluster: ClusterSample = {
    health: health.status,
    oldShards: on('old').length,
    newShards: on('new').length,
    oldBytes: bytes('old'),
    newBytes: bytes('new'),
    initializing: health.initializing_shards,
    relocating: health.relocating_shards,
    unassigned: health.unassigned_shards,
  };
  return { cluster, places: packPlaces(t, { members: Object.keys(view.nodes), master: view.master }, table) };
}

const statsSchema = z.object({ requests: z.number(), failed: z.number(), p50Ms: z.number(), p99Ms: z.number() });

/** Longest time for an app to say how it is. */
const STATS_SECONDS = 10;

async function readApps(scope: Scope): Promise<Record<string, AppStats>> {
  const asked = scope.plan.hosts.apps.map(async (app): Promise<[string, AppStats] | undefined> => {
    if (!app.stats) return undefined;
    try {
      const out = await scope.hosts.ask(hostRef(scope.plan, app.name), asLogin(app.stats, STATS_SECONDS));
      return [app.name, statsSchema.parse(JSON.parse(out))];
    } catch {
      // What an app can't say of itself is left out of the sample, not made up.
      return undefined;
    }
  });
  return Object.fromEntries((await Promise.all(asked)).filter((one) => one !== undefined));
}
