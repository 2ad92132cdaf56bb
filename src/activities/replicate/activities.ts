import type { Activities } from '../../contract/activities';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import type { Left } from '../../elasticsearch/shards/pace';
import { lookAtRest, takePicture, type Picture } from '../../elasticsearch/looks/picture';
import { planMoves, unreplicated } from '../../elasticsearch/shards/placement';
import { holdsInARow, untilProven } from '../../elasticsearch/proof';
import { reachCluster, reachSide } from '../../elasticsearch/looks/reach';
import { issueMoves, RefusedMoves } from '../../elasticsearch/shards/reroute';
import { groupShards, type ShardGroup } from '../../elasticsearch/shards/table';
import { whyStuck } from '../../elasticsearch/shards/stuck';
import { throttleStep } from '../../elasticsearch/settings/throttle';
import { plannedNodes } from '../../plan/hosts';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { moveForAWhile } from './move';
import { changeIndices, openTemporaries } from './indices';

/** Id of the step by which a person bounded the shard traffic. */
export const THROTTLE_ASKED = 'throttle-asked';
/** Longest time for writes that were under way to come to rest before the proof, in seconds. */
const PROOF_SECONDS = 120;

/** Activities that bring a copy of every shard to the new side. */
export function createReplicateActivities(
  deps: Deps,
): Pick<Activities, 'setThrottle' | 'prepareIndices' | 'replicate' | 'proveReplicated'> {
  return {
    async setThrottle({ maxMBps }) {
      const scope = await deps.scope();
      const { client } = await reachCluster(scope, 'new');
      const head = { id: THROTTLE_ASKED, phase: 'replicate' as const };
      return [await applyClusterStep(scope, await throttleStep(client, scope.plan, head, maxMBps))];
    },

    async prepareIndices() {
      const scope = await deps.scope();
      return changeIndices(scope, (await reachCluster(scope, 'new')).client);
    },

    async replicate({ since, goal = 'new' }) {
      const scope = await deps.scope();
      const refused = new RefusedMoves();
      const targets = plannedNodes(scope.plan).flatMap((node) => (node.side === goal ? [node.nodeName] : []));
      return moveForAWhile(deps, since, async (pace) => {
        const { client } = await reachSide(scope, 'new');
        const picture = await takePicture(scope, client);
        pace.note(leftToReplicate(picture));
        const todo = unreplicated(picture.table, picture.nodes);
        const problems = () => replicatedProblems(scope);
        const why = () => whyStuck(client, { picture, todo, targets, refused, problems });
        if (todo.length === 0 && (await provenOften(deps, scope))) return { done: true, why };
        await openTemporaries(scope, client, picture.table);
        const moves = planMoves(picture.table, picture.nodes, { ...picture.limits, refused: refused.keys() }, goal);
        const rejected = await issueMoves(client, moves);
        refused.add(rejected);
        for (const { move, reason } of rejected) deps.log.info({ move, reason }, 'the cluster would not make a move');
        return { done: false, why };
      });
    },

    async proveReplicated() {
      const scope = await deps.scope();
      const look = () => replicatedProblems(scope);
      await untilProven(deps, 'not every shard group has a copy on both sides', PROOF_SECONDS, look);
      const { client } = await reachSide(scope, 'new');
      const { table, health } = await lookAtRest(client);
      const groups = groupShards(table);
      const single = groups.filter((group) => group.copies.length === 1).length;
      const rest = single > 0 ? ` ${single} have no replica; their only copy moves when its node is drained.` : '';
      return {
        proven: `${groups.length - single} shard groups have a started copy on both sides; the cluster is ${health.status}.${rest}`,
        facts: { groups: groups.length, withoutReplica: single, copies: table.length },
      };
    },
  };
}

/** What is not yet on both sides, asked of a new node; empty when all is. */
export async function replicatedProblems(scope: Scope): Promise<string[]> {
  const { client } = await reachSide(scope, 'new');
  const { table, problems } = await lookAtRest(client);
  const nodes = plannedNodes(scope.plan).map((node) => ({ name: node.nodeName, side: node.side, freeBytes: 0 }));
  const left = unreplicated(table, nodes).map((group) => `${group.index}/${group.shard}`);
  const shown = left.slice(0, 5).join(', ') + (left.length > 5 ? ` and ${left.length - 5} more` : '');
  return left.length > 0 ? [...problems, `not on both sides: ${shown}`] : problems;
}

function provenOften(deps: Deps, scope: Scope): Promise<boolean> {
  const { proofs, proofIntervalSeconds } = scope.plan.replicate;
  return holdsInARow(deps, proofs, proofIntervalSeconds, () => replicatedProblems(scope));
}

/** Groups with a replica are counted, each with the bytes of its primary: these are the bytes that have to cross. */
function leftToReplicate(picture: Picture): Left {
  const groups = groupShards(picture.table).filter((group) => group.copies.length > 1);
  const left = unreplicated(picture.table, picture.nodes);
  const under = (group: ShardGroup) =>
    picture.recoveries
      .filter((one) => one.index === group.index && one.shard === group.shard)
      .reduce((sum, one) => sum + one.recoveredBytes, 0);
  return {
    shardsTotal: groups.length,
    shardsLeft: left.length,
    bytesTotal: groups.reduce((sum, group) => sum + primaryBytes(group), 0),
    bytesLeft: left.reduce((sum, group) => sum + Math.max(0, primaryBytes(group) - under(group)), 0),
    recoveries: picture.recoveries,
  };
}

function primaryBytes(group: ShardGroup): number {
  return group.copies.find((copy) => copy.primary)?.bytes ?? 0;
}
