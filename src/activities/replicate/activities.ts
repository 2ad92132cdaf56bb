import type { Activities } from '../../contract/activities';
import type { Proof } from '../../contract/proof';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import type { Arrivals } from '../../elasticsearch/shards/arrivals';
import type { Left, Pace } from '../../elasticsearch/shards/pace';
import {
  lookAtGrown,
  lookAtTable,
  takePicture,
  type Picture,
  type RestOfGrown,
} from '../../elasticsearch/looks/picture';
import {
  lackingOn,
  planMoves,
  unreplicated,
  type PlacementNode,
  type Side,
} from '../../elasticsearch/shards/placement';
import { holdsInARow, untilProven } from '../../elasticsearch/proof';
import { reachCluster, reachSide } from '../../elasticsearch/looks/reach';
import { RefusedMoves } from '../../elasticsearch/shards/reroute';
import { groupShards, type ShardGroup } from '../../elasticsearch/shards/table';
import { whyStuck } from '../../elasticsearch/shards/stuck';
import { shardKey } from '../../elasticsearch/data-proof/copies';
import { YOUNG_SECONDS, youngIndices, type Young } from '../../elasticsearch/shards/young';
import { bytes as showBytes, list } from '../../text/format';
import { readIndices } from '../../elasticsearch/settings/settings';
import { throttleStep } from '../../elasticsearch/settings/throttle';
import { plannedNodes } from '../../plan/hosts';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { askForMoves, moveForAWhile, type Turn } from './move';
import { changeIndices, openTemporaries } from './indices';

/** Id of the step by which a person bounded the shard traffic. */
export const THROTTLE_ASKED = 'throttle-asked';
/** Longest time for writes that were under way to come to rest before the proof, in seconds. */
const PROOF_SECONDS = 120;
/** Longest time to bring over what a gate lacks, in seconds: a person may have approved, and waits. */
const TEND_SECONDS = 30;

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

    async replicate({ since, goal = 'new', tend }) {
      const scope = await deps.scope();
      const refused = new RefusedMoves();
      const targets = plannedNodes(scope.plan).filter((node) => node.side === goal);
      const needed: Side[] = tend === 'new' ? ['new'] : ['old', 'new'];
      // What comes while it tends is for the next time, so that no churn can keep it.
      let tended: Set<string> | undefined;
      const look = async (pace: Pace, arrivals: Arrivals): Promise<Turn> => {
        const { client } = await reachSide(scope, goal);
        const picture = await takePicture(scope, client);
        const { table, nodes } = picture;
        const lacking = goal === 'old' ? lackingOn(table, nodes, 'old') : unreplicated(table, nodes, needed);
        const young = youngIndices(picture.indices, Date.now());
        tended ??= tend && new Set(lacking.map(shardKey));
        const todo = lacking.filter((group) => (tended ? tended.has(shardKey(group)) : !young.has(group.index)));
        arrivals.note(picture, lacking);
        const recoveries = picture.recoveries.filter((one) => arrivals.breaksOff(one) === undefined);
        pace.note(leftToReplicate({ table, recoveries }, todo));
        const problems = () => copiesProblems(scope, goal);
        const nowhere = () =>
          arrivals.nowhere(table, todo, (settled, free) =>
            planMoves(settled, nodes, { ...picture.limits, refused: refused.keys(), ...free }, goal, needed),
          );
        const standstill = { picture, todo, targets, refused, arrivals, problems };
        const why = () => whyStuck(client, { ...standstill, nowhere: nowhere() });
        if (todo.length === 0 && (tend || (await provenOften(deps, scope, problems)))) return { done: true, why };
        if (goal === 'new') await openTemporaries(scope, client, table);
        const limits = { ...picture.limits, refused: refused.keys(), aside: arrivals.aside() };
        await askForMoves(deps, client, planMoves(table, nodes, limits, goal, needed), { refused, arrivals });
        return { done: false, why, lost: () => nowhere().length > 0 };
      };
      return moveForAWhile(deps, since, look, tend && TEND_SECONDS);
    },

    async proveReplicated(input) {
      const scope = await deps.scope();
      // A run of an older release says nothing of a goal.
      if (input?.goal === 'old') return proveOnOldSide(deps, scope);
      const look = () => replicatedProblems(scope);
      await untilProven(deps, 'not every shard group has a copy on both sides', PROOF_SECONDS, look);
      const { client } = await reachSide(scope, 'new');
      const { table, health, young } = await lookAtGrown(client);
      const groups = groupShards(table);
      const single = groups.filter((group) => group.copies.length === 1).length;
      const rest = single > 0 ? ` Without a replica: ${single}; the only copy moves when its node is drained.` : '';
      const left = youngLacking(scope, { table, young });
      const coming = left.length > 0 ? ` On its way: ${sayYoung(left, young)}.` : '';
      return {
        proven: `${groups.length - single - left.length} shard groups have a started copy on both sides; the cluster is ${health.status}.${rest}${coming}`,
        facts: { groups: groups.length, withoutReplica: single, copies: table.length },
      };
    },
  };
}

async function proveOnOldSide(deps: Deps, scope: Scope): Promise<Proof> {
  const look = () => copiesProblems(scope, 'old');
  await untilProven(deps, 'not every shard group has a copy on the old side', PROOF_SECONDS, look);
  const { table, health } = await lookAtTable((await reachSide(scope, 'old')).client);
  const groups = groupShards(table);
  const single = groups.filter((group) => group.copies.length === 1).length;
  const rest = single > 0 ? ` Without a replica: ${single}; the only copy follows.` : '';
  return {
    proven: `Of ${groups.length - single} shard groups the old side has a started copy; the cluster is ${health.status}.${rest}`,
    facts: { groups: groups.length, withoutReplica: single, copies: table.length },
  };
}

/**
 * What keeps the data from being where it has to be: forward on both sides and at rest; on the way back a copy on the old side,
 * asked there, whatever has become of the new one.
 */
async function copiesProblems(scope: Scope, goal: Side): Promise<string[]> {
  if (goal === 'new') return replicatedProblems(scope);
  const { client } = await reachSide(scope, 'old');
  const { table, problems } = await lookAtTable(client);
  const young = youngIndices(await readIndices(client), Date.now());
  const left = lackingOn(table, sidesOf(scope), 'old').filter(({ index }) => !young.has(index));
  return left.length > 0 ? [...problems, `not on the old side: ${list(left.map(shardKey))}`] : problems;
}

/** What is not yet on both sides, asked of a new node; empty when all is that is old enough to be asked about. */
export async function replicatedProblems(scope: Scope): Promise<string[]> {
  const { client } = await reachSide(scope, 'new');
  const { table, problems, young } = await lookAtGrown(client);
  const left = unreplicated(table, sidesOf(scope)).filter((group) => !young.has(group.index));
  return left.length > 0 ? [...problems, `not on both sides: ${list(left.map(shardKey))}`] : problems;
}

/** Groups of indices that were made a moment ago, and lack a copy on one side. */
export function youngLacking(scope: Scope, { table, young }: Pick<RestOfGrown, 'table' | 'young'>): ShardGroup[] {
  return unreplicated(table, sidesOf(scope)).filter((group) => young.has(group.index));
}

/** Names groups of indices that were made a moment ago, with the age of the oldest and their size. */
export function sayYoung(groups: ShardGroup[], young: Young): string {
  const oldest = Math.max(...groups.map(({ index }) => young.get(index) ?? 0));
  const bytes = groups.reduce((sum, group) => sum + primaryBytes(group), 0);
  return `${groups.length} younger than ${YOUNG_SECONDS} s (${list(groups.map(shardKey))}; the oldest ${oldest} s, together ${showBytes(bytes)})`;
}

function sidesOf(scope: Scope): PlacementNode[] {
  return plannedNodes(scope.plan).map((node) => ({ name: node.nodeName, side: node.side, freeBytes: 0 }));
}

function provenOften(deps: Deps, scope: Scope, problems: () => Promise<string[]>): Promise<boolean> {
  const { proofs, proofIntervalSeconds } = scope.plan.replicate;
  return holdsInARow(deps, proofs, proofIntervalSeconds, problems);
}

/** Groups with a replica are counted, each with the bytes of its primary: these are the bytes that have to cross. */
function leftToReplicate(picture: Pick<Picture, 'table' | 'recoveries'>, left: ShardGroup[]): Left {
  const groups = groupShards(picture.table).filter((group) => group.copies.length > 1);
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
