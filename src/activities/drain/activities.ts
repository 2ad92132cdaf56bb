import { familyOf } from '../../hosts/family';
import type { Client } from '@elastic/elasticsearch';
import type { Activities } from '../../contract/activities';
import type { LedgerEntry } from '../../contract/ledger';
import { applyClusterStep } from '../../elasticsearch/ledger/step';
import { addExclusions, exclusionsIn } from '../../elasticsearch/settings/exclusions';
import { readNodes } from '../../elasticsearch/looks/nodes';
import type { Arrivals } from '../../elasticsearch/shards/arrivals';
import type { Left } from '../../elasticsearch/shards/pace';
import { lookAtRest, takePicture, type Picture } from '../../elasticsearch/looks/picture';
import { isAtRest, planEmptying } from '../../elasticsearch/shards/placement';
import { holdsInARow, untilProven } from '../../elasticsearch/proof';
import { reachCluster, reachSide } from '../../elasticsearch/looks/reach';
import { RefusedMoves } from '../../elasticsearch/shards/reroute';
import { groupShards, readShards, type ShardCopy } from '../../elasticsearch/shards/table';
import { votingStep } from '../../elasticsearch/ledger/steps';
import { whyStuck } from '../../elasticsearch/shards/stuck';
import { readVoting, quorumOf } from '../../elasticsearch/quorum';
import { hostRef, plannedNode, plannedNodes, type PlannedNode } from '../../plan/hosts';
import type { Deps } from '../deps';
import type { Scope } from '../../elasticsearch/scope';
import { orderOfDrains } from './order';
import { recordExclusion } from './exclusion';
import { Linger } from './linger';
import { drainedProblems } from './proof';
import { crossing, liftedIn, throttleFor } from './throttle';
import { askForMoves, moveForAWhile } from '../replicate/move';
import { stopServiceStep } from '../nodes/activities';
import { closeTemporaries } from '../replicate/indices';

/** Longest time for a last proof, in seconds: writes may create an index at any moment. */
const PROOF_SECONDS = 120;
/** Longest time for a stopped node to leave the cluster, in seconds. */
const LEAVE_SECONDS = 180;

/** Activities that empty one node and stop it. They work for a new node too: that is how a rollback brings data home. */
export function createDrainActivities(
  deps: Deps,
): Pick<Activities, 'drainOrder' | 'excludeNode' | 'excludeNodes' | 'drain' | 'stopNode' | 'proveDrained'> {
  return {
    drainOrder: async () => orderOfDrains(await deps.scope()),

    async excludeNode({ host }) {
      const scope = await deps.scope();
      const node = plannedNode(scope.plan, host);
      const { client } = await reachCluster(scope, otherSide(node));
      const isCrossing = async () => crossing(await readShards(client), node.nodeName, freshNames(scope)).length > 0;
      const throttle = node.side === 'old' ? await throttleFor(scope, client, await isCrossing()) : [];
      const entry = await recordExclusion(scope, client, node);
      // From a new node everything goes home at once; an old one is emptied by moves first, see `drain`.
      if (node.side === 'new') await addExclusions(client, [node.nodeName]);
      return [...throttle, entry];
    },

    async excludeNodes({ hosts }) {
      const scope = await deps.scope();
      const nodes = hosts.map((host) => plannedNode(scope.plan, host));
      const [first] = nodes;
      if (first === undefined) return [];
      if (nodes.some((node) => node.side !== first.side)) throw new Error('only one side is emptied at a time');
      const { client } = await reachCluster(scope, otherSide(first));
      const entries: LedgerEntry[] = [];
      for (const node of nodes) entries.push(await recordExclusion(scope, client, node));
      await addExclusions(
        client,
        nodes.map((node) => node.nodeName),
      );
      return entries;
    },

    async drain({ host, since }) {
      const scope = await deps.scope();
      const node = plannedNode(scope.plan, host);
      const to = otherSide(node);
      const refused = new RefusedMoves();
      const targets = plannedNodes(scope.plan).filter((one) => one.side === to);
      const linger = new Linger(node, scope.plan.drain.lingerSeconds, since?.lingering);
      let begun = since?.lingering !== undefined;
      return moveForAWhile(deps, since, async (pace, arrivals) => {
        const { client } = await reachSide(scope, to);
        if (!begun) await linger.begin(deps, client);
        begun = true;
        const picture = await takePicture(scope, client);
        const { table, nodes } = picture;
        const todo = groupShards(table.filter((copy) => copy.node === node.nodeName));
        arrivals.note(picture, todo);
        const recoveries = picture.recoveries.filter((one) => arrivals.breaksOff(one) === undefined);
        const left = leftOn(node.nodeName, { table, recoveries }, since);
        pace.note(left);
        const problems = () => drainedProblems(scope, node, to);
        const nowhere = () =>
          arrivals.nowhere(table, todo, (settled, free) =>
            planEmptying(settled, node.nodeName, to, nodes, { ...picture.limits, refused: refused.keys(), ...free }),
          );
        const standstill = { picture, todo, targets, refused, arrivals, problems };
        const why = () => whyStuck(client, { ...standstill, nowhere: nowhere() });
        const handled = await emptySomeMore(deps, scope, client, node, picture, { refused, arrivals });
        const isEmpty = left.shardsLeft === 0 && handled;
        if (left.shardsLeft > 0) await linger.look(client);
        const waits = isEmpty ? await linger.waits(client) : undefined;
        const done = isEmpty && waits === undefined && (await provenOften(deps, scope, node));
        return {
          done,
          why: waits === undefined ? why : async () => undefined,
          lost: () => nowhere().length > 0,
          more: { lingering: linger.soFar(), ...(waits !== undefined && { waits }) },
        };
      });
    },

    async stopNode({ host }) {
      const scope = await deps.scope();
      const node = plannedNode(scope.plan, host);
      const entries = [...(await liftedIn(scope)), ...(await giveUpItsVote(scope, node))];
      await untilProven(deps, `${host} must not be stopped yet`, PROOF_SECONDS, () => lastProblems(scope, node));
      entries.push(await scope.hosts.apply(hostRef(scope.plan, host), stopServiceStep(scope.plan, host)));
      await untilProven(deps, `${host} was stopped but the cluster is not as it must be`, LEAVE_SECONDS, () =>
        goneProblems(scope, node),
      );
      return entries;
    },

    async proveDrained({ host }) {
      const scope = await deps.scope();
      const node = plannedNode(scope.plan, host);
      await untilProven(deps, `${host} is not gone`, PROOF_SECONDS, async () => {
        const ref = hostRef(scope.plan, host);
        const { services } = familyOf(ref);
        const state = await scope.hosts.read(ref, services.stateScript(scope.plan.elasticsearch.service));
        const stopped = state.code === 0 && services.saysStopped(state.stdout);
        return [
          ...(stopped ? [] : [`${scope.plan.elasticsearch.service} on ${host} is "${state.stdout.trim()}"`]),
          ...(await goneProblems(scope, node)),
        ];
      });
      const { client } = await reachSide(scope, otherSide(node));
      const { health } = await lookAtRest(client);
      return {
        proven: `${host} is stopped and gone from the cluster, which is ${health.status} with ${health.number_of_nodes} nodes.`,
        facts: { nodes: health.number_of_nodes, shards: health.active_shards },
      };
    },
  };
}

/** Names of the new nodes. */
function freshNames({ plan }: Scope): ReadonlySet<string> {
  return new Set(plannedNodes(plan).flatMap((one) => (one.side === 'new' ? [one.nodeName] : [])));
}

/** The side that a node's shards go to; its nodes are asked, never the one that is being emptied. */
function otherSide(node: PlannedNode): 'old' | 'new' {
  return node.side === 'old' ? 'new' : 'old';
}

function leftOn(
  node: string,
  picture: Pick<Picture, 'table' | 'recoveries'>,
  since: { bytesTotal: number; shardsTotal: number } | undefined,
): Left {
  const here = picture.table.filter((copy) => copy.node === node || copy.movingTo === node);
  const leaving = picture.recoveries.filter((one) =>
    here.some((copy) => copy.index === one.index && copy.shard === one.shard && copy.movingTo === one.to),
  );
  const bytes = here.reduce((sum, copy) => sum + copy.bytes, 0);
  const bytesLeft = Math.max(0, bytes - leaving.reduce((sum, one) => sum + one.recoveredBytes, 0));
  return {
    shardsTotal: Math.max(since?.shardsTotal ?? 0, here.length),
    shardsLeft: here.length,
    bytesTotal: Math.max(since?.bytesTotal ?? 0, bytes),
    bytesLeft,
    recoveries: leaving,
  };
}

/**
 * Gives an old node's shards away. If the cluster were left to choose, it would rebuild replicas on other old nodes out of
 * primaries on the new side, and the same bytes would cross the bridge twice more; so they are moved to the new side by
 * name, and the exclusion comes when no more can be moved: it keeps the node empty, or makes the cluster find a place.
 * @returns whether the exclusion is in force
 */
async function emptySomeMore(
  deps: Deps,
  scope: Scope,
  client: Client,
  node: PlannedNode,
  picture: Picture,
  known: { refused: RefusedMoves; arrivals: Arrivals },
): Promise<boolean> {
  const excluded = exclusionsIn(picture.settings).includes(node.nodeName);
  if (excluded) return true;
  await recordExclusion(scope, client, node);
  if (node.side === 'old') {
    const closed = await closeTemporaries(scope, client, picture.table, node.nodeName);
    if (closed.length > 0) return false;
    const limits = { ...picture.limits, refused: known.refused.keys(), aside: known.arrivals.aside() };
    // What crosses the bridge goes first and alone, so that the rest is not held to the bridge's pace.
    const across = new Set(crossing(picture.table, node.nodeName, freshNames(scope)));
    await throttleFor(scope, client, across.size > 0);
    const plan = (only?: (copy: ShardCopy) => boolean) =>
      planEmptying(picture.table, node.nodeName, 'new', picture.nodes, limits, only);
    const first = plan((copy) => across.has(copy));
    const isUnderWay = [...across].some(({ state }) => state !== 'STARTED');
    const moves = first.length > 0 || isUnderWay ? first : plan();
    await askForMoves(deps, client, moves, known);
    // What has failed everywhere an exclusion would make the cluster try again without a pause.
    const failing = picture.table.some((copy) => copy.node === node.nodeName && known.arrivals.of(copy).length > 0);
    if (moves.length > 0 || failing || mayStillMove(picture, node.nodeName)) return false;
  }
  await addExclusions(client, [node.nodeName]);
  return true;
}

/** Whether a copy on the node only waits: for its group to come to rest, or for others to arrive where it would go. */
function mayStillMove({ table, recoveries }: Picture, node: string): boolean {
  const here = groupShards(table).filter((group) => group.copies.some((copy) => copy.node === node));
  return here.length > 0 && (recoveries.length > 0 || !here.every(isAtRest));
}

function provenOften(deps: Deps, scope: Scope, node: PlannedNode): Promise<boolean> {
  const { proofs, proofIntervalSeconds } = scope.plan.replicate;
  return holdsInARow(deps, proofs, proofIntervalSeconds, () => drainedProblems(scope, node, otherSide(node)));
}

async function giveUpItsVote(scope: Scope, node: PlannedNode): Promise<LedgerEntry[]> {
  const { client } = await reachSide(scope, otherSide(node));
  if ((await (await quorumOf(client)).keptOut(client)).includes(node.nodeName)) return [];
  const eligible = (await readNodes(client)).some((one) => one.name === node.nodeName && one.roles.includes('master'));
  if (!eligible) return [];
  const head = {
    id: `voting-out-${node.host}`,
    phase: 'drain' as const,
    summary: `${node.host} gives up its vote before it is stopped`,
  };
  return [await applyClusterStep(scope, await votingStep(client, head, [node.nodeName], []))];
}

/** What must hold right before the service is stopped. A node that is not to be seen has to be proven empty like any other. */
async function lastProblems(scope: Scope, node: PlannedNode): Promise<string[]> {
  const problems = await drainedProblems(scope, node, otherSide(node));
  const { client } = await reachSide(scope, otherSide(node));
  const voting = await readVoting(client);
  if (voting.voters.includes(node.nodeName)) problems.push(`${node.nodeName} still votes`);
  if (voting.master === node.nodeName) problems.push(`${node.nodeName} is the elected master`);
  return problems;
}

async function goneProblems(scope: Scope, node: PlannedNode): Promise<string[]> {
  const { client } = await reachSide(scope, otherSide(node));
  const present = (await readNodes(client)).some((one) => one.name === node.nodeName);
  const { problems } = await lookAtRest(client);
  return present ? [...problems, `${node.nodeName} is still in the cluster`] : problems;
}
