import type { Client } from '@elastic/elasticsearch';
import type { Check } from '../../../contract/evidence';
import { readHealth, unrest, type ClusterHealth } from '../../../elasticsearch/looks/health';
import type { Deps } from '../../deps';
import { failed, passed, refused, warned } from '../check';

/** Looks before something counts as bad, and milliseconds between them: a new index is yellow for a moment, and tasks come and go. */
const LOOKS = 5;
const LOOK_EVERY_MS = 2_000;
/** Milliseconds after which Elasticsearch gives up a request for which the master had no time (its `master_timeout`). */
const LATE_MS = 30_000;

/**
 * Whether the cluster is well enough to begin, looked at a few times.
 *
 * Needed: green, nothing initializing, nothing unassigned. Else a shard lacks a copy on which each later phase counts.
 * Not needed: that nothing relocates. The balancer of a large cluster moves shards nearly always, a shard on its way has all its
 * copies, and join stops the balancer before anything is built on rest. Nor that no task waits for the master: the proofs of
 * later phases each take a moment in which none does. A master that is behind is another matter, and is told by tasks that grow
 * old or more; whether that is meant so a person knows best.
 */
export async function healthChecks(deps: Deps, client: Client): Promise<Check[]> {
  const seen: ClusterHealth[] = [];
  let silence = '';
  for (let look = 1; look <= LOOKS; look += 1) {
    try {
      seen.push(await readHealth(client));
    } catch (error) {
      silence = (error as Error).message;
    }
    if (seen.some(isWhole) && seen.some(isIdle)) break;
    if (look < LOOKS) await deps.sleep(LOOK_EVERY_MS);
  }
  const last = seen.at(-1);
  if (!last) return [refused('health', '', silence, 'see to it that the nodes have an elected master that answers')];
  return [health(seen, last), relocations(last), pending(seen, last)];
}

/** What keeps copies from being where they belong; shards that move and tasks that wait do not. */
function lacks(one: ClusterHealth): string[] {
  return unrest({ ...one, relocating_shards: 0, number_of_pending_tasks: 0 });
}

function isWhole(one: ClusterHealth): boolean {
  return lacks(one).length === 0;
}

function isIdle(one: ClusterHealth): boolean {
  return one.number_of_pending_tasks === 0;
}

function health(seen: ClusterHealth[], last: ClusterHealth): Check {
  if (seen.some(isWhole)) return passed('health', `green, with ${last.active_shards} shard copies`);
  const remedy = 'make the cluster green first (GET _cluster/allocation/explain says what is missing)';
  return refused('health', '', lacks(last).join(', '), remedy);
}

function relocations({ relocating_shards: count }: ClusterHealth): Check {
  if (count === 0) return passed('relocations', 'no shard is on its way from one node to another');
  const seen = `${count} shards are on their way from one node to another`;
  const remedy =
    'nothing where they arrive soon (GET _cat/recovery?active_only=true): join stops the balancer, and waits for them for up to an hour; else stop it now by cluster.routing.rebalance.enable: none, and set that back when the migration is over';
  return warned('relocations', '', seen, remedy);
}

function pending(seen: ClusterHealth[], last: ClusterHealth): Check {
  const name = 'pending-tasks';
  if (seen.some(isIdle)) return passed(name, 'the master has done all its tasks');
  const counts = seen.map((one) => one.number_of_pending_tasks);
  const oldest = last.task_max_waiting_in_queue_millis;
  const grows = counts.length > 1 && counts.every((count, i) => i === 0 || count > (counts[i - 1] ?? 0));
  const says = `${last.number_of_pending_tasks} tasks wait for the master, the oldest for ${oldest / 1000} s`;
  const find = 'GET _cluster/pending_tasks says which; slow down what makes them (new indices, mappings, snapshots)';
  if (oldest >= LATE_MS || grows) {
    const why = grows ? `; at the looks before it were ${counts.slice(0, -1).join(', ')}` : '';
    return failed(name, '', `${says}${why}: the master is behind`, find);
  }
  const remedy = `nothing if proofs of the phases come through, each of which takes a moment in which none waits; else ${find}`;
  return warned(name, '', `${says}; there were some at each look`, remedy);
}
