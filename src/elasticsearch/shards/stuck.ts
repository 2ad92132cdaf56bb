import type { Client } from '@elastic/elasticsearch';
import { explainCopy, type StuckReason } from './explain';
import type { Picture } from '../looks/picture';
import type { RefusedMoves } from './reroute';
import type { ShardGroup } from './table';
import { bytes as showBytes } from '../../text/format';

/** Shards that should move, where to, and what is known of why they don't. */
export interface Standstill {
  picture: Pick<Picture, 'table' | 'recoveries'>;
  /** Groups that have still to move; empty when all are in place and only the proof does not hold. */
  todo: ShardGroup[];
  /** Nodes that they are to go to. */
  targets: readonly string[];
  refused: RefusedMoves;
  /** What keeps the proof from holding; asked only when nothing has to move. */
  problems: () => Promise<string[]>;
}

/**
 * Why nothing moves: one sentence and one safe action. A copy that nobody holds comes first, then one that stands still on
 * its way, then the first that does not begin to move.
 * @throws Error when the cluster can't be asked
 */
export async function whyStuck(client: Client, standstill: Standstill): Promise<StuckReason | undefined> {
  const { picture, todo, targets, refused, problems } = standstill;
  const known = (copy: { index: string; shard: number }) => ({ targets, refused: refused.reasonOf(copy) });
  const unassigned = picture.table.find((copy) => copy.state === 'UNASSIGNED');
  if (unassigned) return explainCopy(client, unassigned, known(unassigned));
  const [standing] = picture.recoveries;
  if (standing) {
    const { index, shard, from = 'its source', to = 'its target', recoveredBytes, totalBytes, stage } = standing;
    return {
      sentence: `The copy of shard ${shard} of index ${index} from ${from} to ${to} stands still at ${showBytes(recoveredBytes)} of ${showBytes(totalBytes)} (${stage.toLowerCase()}).`,
      action: `Check that ${from} and ${to} reach each other and that the disk of ${to} works; nothing has to be forced.`,
    };
  }
  const [group] = todo;
  const copy = group?.copies.find((one) => one.primary) ?? group?.copies[0];
  if (copy) return explainCopy(client, copy, known(copy));
  const wrong = await problems();
  if (wrong.length === 0) return undefined;
  return {
    sentence: `Every shard is where it should be, but that can't be proven: ${wrong.slice(0, 3).join('; ')}.`,
    action: 'Look at GET _cluster/health and GET _cluster/pending_tasks; nothing has to be forced.',
  };
}
