import type { Client } from '@elastic/elasticsearch';
import type { FailedArrival } from '../../contract/progress';
import { bytes as showBytes, list } from '../../text/format';
import type { Picture } from '../looks/picture';
import { ASIDE_MINUTES, type Arrivals } from './arrivals';
import { explainCopy, whyNotThere, type StuckReason } from './explain';
import type { RefusedMoves } from './reroute';
import type { ShardGroup } from './table';

/** Shards that should move, where to, and what is known of why they don't. */
export interface Standstill {
  picture: Pick<Picture, 'table' | 'recoveries'>;
  /** Groups that have still to move; empty when all are in place and only the proof does not hold. */
  todo: ShardGroup[];
  /** Those of them that no node takes. */
  nowhere: ShardGroup[];
  /** Nodes that they are to go to, and the hosts of these. */
  targets: readonly { nodeName: string; host: string }[];
  refused: RefusedMoves;
  arrivals: Arrivals;
  /** What keeps the proof from holding; asked only when nothing has to move. */
  problems: () => Promise<string[]>;
}

/**
 * Why nothing moves, or something never arrives: one sentence and one safe action. A shard that no node takes comes first,
 * then a copy that nobody holds, one that stands still on its way, one that did not arrive, and the first that does not begin
 * to move.
 * @throws Error when the cluster can't be asked
 */
export async function whyStuck(client: Client, standstill: Standstill): Promise<StuckReason | undefined> {
  const { picture, todo, nowhere, targets, refused, arrivals, problems } = standstill;
  if (nowhere.length > 0) return whyNotArrived(client, nowhere, standstill);
  const names = targets.map(({ nodeName }) => nodeName);
  const known = (copy: { index: string; shard: number }) => ({ targets: names, refused: refused.reasonOf(copy) });
  const unassigned = picture.table.find((copy) => copy.state === 'UNASSIGNED');
  if (unassigned) return explainCopy(client, unassigned, known(unassigned));
  const [standing] = picture.recoveries;
  if (standing) {
    const { index, shard, from = 'its source', to = 'its target', recoveredBytes, totalBytes, stage } = standing;
    const times = arrivals.breaksOff(standing);
    const how = times === undefined ? 'stands still' : `broke off ${times} times and begins anew each time: now it is`;
    return {
      sentence: `The copy of shard ${shard} of index ${index} from ${from} to ${to} ${how} at ${showBytes(recoveredBytes)} of ${showBytes(totalBytes)} (${stage.toLowerCase()}).`,
      action: `Check that ${from} and ${to} reach each other and that the disk of ${to} works; nothing has to be forced.`,
    };
  }
  const failed = todo.filter((group) => arrivals.of(group).length > 0);
  if (failed.length > 0) return whyNotArrived(client, failed, standstill);
  const [group] = todo;
  const copy = group && leavingOf(group);
  if (copy) return explainCopy(client, copy, known(copy));
  const wrong = await problems();
  if (wrong.length === 0) return undefined;
  return {
    sentence: `Every shard is where it should be, but that can't be proven: ${wrong.slice(0, 3).join('; ')}.`,
    action: 'Look at GET _cluster/health and GET _cluster/pending_tasks; nothing has to be forced.',
  };
}

function leavingOf({ copies }: ShardGroup) {
  return copies.find((one) => one.primary) ?? copies[0];
}

async function whyNotArrived(
  client: Client,
  groups: ShardGroup[],
  { arrivals, targets }: Standstill,
): Promise<StuckReason | undefined> {
  const [group] = groups;
  const copy = group && leavingOf(group);
  if (!copy) return undefined;
  const { index, shard, primary, node } = copy;
  const failed = arrivals.of(group);
  const told = ({ to, times }: FailedArrival) => `${to} (${times} ${times === 1 ? 'time' : 'times'})`;
  const hostOf = ({ to }: FailedArrival) => targets.find(({ nodeName }) => nodeName === to)?.host ?? to;
  const more = groups.length > 1 ? `; so it is with ${groups.length - 1} more` : '';
  const why = await whyNotThere(
    client,
    copy,
    failed.map(({ to }) => to),
  );
  return {
    sentence: `${primary ? 'Primary' : 'Replica'} of shard ${shard} of index ${index} is on ${node}: the cluster began to move it to ${list(failed.map(told))}, and it did not arrive (${why ?? 'the cluster itself keeps no reason'})${more}.`,
    action: `Look for [${index}][${shard}] in the log of Elasticsearch on ${list(failed.map(hostOf))}: often a plugin, a keystore entry or a file that the index names is missing there. Put that right; it is tried again every ${ASIDE_MINUTES} minutes.`,
  };
}
