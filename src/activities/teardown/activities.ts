import type { Activities } from '../../contract/activities';
import { comesFirst } from '../../contract/kept-record';
import { endRecord, readLedger, type ClusterRecord } from '../../elasticsearch/ledger/records';
import { readHealth, type ClusterHealth } from '../../elasticsearch/looks/health';
import { toldOfBalancer } from '../../elasticsearch/looks/picture';
import { proofFailed, untilProven } from '../../elasticsearch/proof';
import { reachCluster } from '../../elasticsearch/looks/reach';
import { keepAgain } from '../../elasticsearch/ledger/second-copy';
import { undoCluster } from '../../elasticsearch/ledger/undo';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { clusterTraces, hostTraces, NOTHING_SEEN } from './traces';

/** Longest time for the cluster to be green after its settings are back, in seconds: replicas may have to be rebuilt. */
const GREEN_SECONDS = 900;
/** Longest time for the last proof, in seconds. */
const PROOF_SECONDS = 120;

/** Activities that put back what was changed of the cluster, and prove that nothing of the move is left. */
export function createTeardownActivities(
  deps: Deps,
): Pick<Activities, 'keepAgain' | 'restoreCluster' | 'proveTornDown'> {
  return {
    async keepAgain({ records }) {
      return keepAgain(await deps.scope(), records);
    },

    async restoreCluster(input) {
      const scope = await deps.scope();
      const { phases, planned = false, migrated = false, kept = [] } = input;
      const chosen = (record: ClusterRecord) =>
        (phases === undefined || phases.includes(record.phase)) &&
        (!planned || comesFirst({ id: record.id, planned: isPlanned(record) }));
      const { lost } = await keepAgain(scope, kept);
      if (migrated) await keepPlannedChanges(scope);
      const prefer = migrated ? 'new' : 'old';
      const undone = await undoCluster(scope, { prefer, select: chosen });
      const result = lost.length > 0 ? { ...undone, lost } : undone;
      const left = (await readLedger(scope)).filter(chosen);
      if (left.length > 0) throw proofFailed(`still recorded: ${left.map((record) => record.id).join(', ')}`);
      // On the way back nothing that comes next needs green, and what is left behind may never be so again.
      if (!migrated) return result;
      await untilProven(deps, 'the cluster is not green after its settings were put back', GREEN_SECONDS, async () => {
        const { status, timed_out: late } = await readHealth((await reachCluster(scope, prefer)).client);
        return status === 'green' && !late ? [] : [late ? 'health timed out' : `it is ${status}`];
      });
      return result;
    },

    async proveTornDown(input) {
      const scope = await deps.scope();
      let seen = NOTHING_SEEN;
      let health: ClusterHealth | undefined;
      await untilProven(deps, 'something of the move is left', PROOF_SECONDS, async () => {
        const inCluster = await clusterTraces(scope, 'new', input?.lost);
        seen = await hostTraces(scope, 'new');
        health = inCluster.health;
        return [...inCluster.problems, ...seen.problems];
      });
      const { looked, unreachable } = seen;
      const notSeen = unreachable.length > 0 ? ` Not reachable any more: ${unreachable.join(', ')}.` : '';
      return {
        proven: `The cluster is green on new nodes only${health ? toldOfBalancer(health) : ''}, and no rule, device, file or unit of ours is left on ${looked.length} hosts.${notSeen}`,
        facts: {
          hosts: looked.length,
          notReachable: unreachable.length,
          relocating: health?.relocating_shards ?? 0,
        },
      };
    },
  };
}

/** What the plan itself wants of indices is not undone after a migration. */
async function keepPlannedChanges(scope: Scope): Promise<void> {
  for (const record of await readLedger(scope)) {
    if (isPlanned(record)) await endRecord(scope, record);
  }
}

function isPlanned({ undo }: ClusterRecord): boolean {
  return undo.kind === 'index-settings' && undo.planned;
}
