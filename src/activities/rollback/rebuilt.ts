import type { MoveProgress } from '../../contract/progress';
import { reachSide } from '../../elasticsearch/looks/reach';
import { explainCopy } from '../../elasticsearch/shards/explain';
import { readRecoveries, type Recovery } from '../../elasticsearch/shards/recovery';
import { readShards, type ShardCopy } from '../../elasticsearch/shards/table';
import type { Left } from '../../elasticsearch/shards/pace';
import { plannedNodes } from '../../plan/hosts';
import type { Deps } from '../deps';
import { moveForAWhile } from '../replicate/move';

/**
 * Waits for a while until the indices whose replicas the plan had changed have every copy again: those that it took away are built
 * anew, which takes as long as their data is large. Returns on progress, at the latest after the plan's `sampleSeconds`.
 */
export async function awaitCopies(deps: Deps, since: MoveProgress | undefined): Promise<MoveProgress> {
  const { plan } = await deps.scope();
  return moveForAWhile(deps, since, async (pace) => {
    const { client } = await reachSide(await deps.scope(), 'old');
    const table = (await readShards(client)).filter(({ index }) => Object.hasOwn(plan.indices, index));
    const missing = table.filter(({ state }) => state === 'INITIALIZING' || state === 'UNASSIGNED');
    const recoveries = missing.length > 0 ? await readRecoveries(client) : [];
    pace.note(leftToBuild(table, missing, recoveries));
    const [first] = missing;
    const targets = plannedNodes(plan).flatMap(({ nodeName, side }) => (side === 'old' ? [nodeName] : []));
    return {
      done: missing.length === 0,
      why: async () => (first ? explainCopy(client, first, { targets }) : undefined),
    };
  });
}

/** How much of it is still to be built: each missing copy is as large as its primary, less what has arrived of it. Pure. */
export function leftToBuild(table: ShardCopy[], missing: ShardCopy[], recoveries: Recovery[]): Left {
  const sizes = new Map(table.filter(({ primary }) => primary).map((copy) => [keyOf(copy), copy.bytes]));
  const size = (copy: ShardCopy) => sizes.get(keyOf(copy)) ?? copy.bytes;
  const total = (copies: ShardCopy[]) => copies.reduce((sum, copy) => sum + size(copy), 0);
  const built = recoveries.filter((one) => missing.some((copy) => keyOf(copy) === keyOf(one)));
  const arrived = built.reduce((sum, { recoveredBytes }) => sum + recoveredBytes, 0);
  const bytes = total(missing);
  return {
    shardsTotal: table.length,
    shardsLeft: missing.length,
    bytesTotal: total(table),
    bytesLeft: Math.max(0, bytes - arrived),
    recoveries: built,
  };
}

const keyOf = ({ index, shard }: Pick<ShardCopy, 'index' | 'shard'>): string => `${index}/${shard}`;
