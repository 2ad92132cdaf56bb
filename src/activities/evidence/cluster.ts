import type { Client } from '@elastic/elasticsearch';
import { ONLY_VOTE } from '../../contract/evidence';
import { readVolume } from '../../elasticsearch/looks/documents';
import { readNodes } from '../../elasticsearch/looks/nodes';
import { shardKey } from '../../elasticsearch/data-proof/copies';
import { lookAtGrown, lookAtRest, takePicture } from '../../elasticsearch/looks/picture';
import { reachSide } from '../../elasticsearch/looks/reach';
import { sayCopies, withoutPlace } from '../../elasticsearch/shards/room';
import { explainCopy } from '../../elasticsearch/shards/explain';
import { groupShards, type ShardCopy } from '../../elasticsearch/shards/table';
import { bytes as showBytes } from '../../text/format';
import { maySpare, readVoting } from '../../elasticsearch/quorum';
import { plannedNodes, type PlannedNode } from '../../plan/hosts';
import type { Scope } from '../../elasticsearch/scope';
import type { Question } from './question';
import { replicatedProblems, sayYoung, youngLacking } from '../replicate/activities';
import { withoutTemporary } from '../replicate/indices';
import { mayVote } from '../../elasticsearch/settings/roles';
import { expands } from '../../elasticsearch/settings/settings';

/** Whether the cluster is green and nothing moves, asked of a new node. */
export function atRest(scope: Scope): Question {
  return {
    name: 'the cluster is green and at rest',
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const { health, problems, table } = await lookAtRest(client);
      const seen = `${health.status}, ${health.number_of_nodes} nodes, ${health.active_shards} shard copies, none initializing, relocating or unassigned`;
      if (problems.length === 0) return { ok: true, seen };
      return { ok: false, seen: [problems.join('; '), await whyNowhere(client, table)].filter(Boolean).join('. ') };
    },
  };
}

/** Why a copy is on no node, and what mends it, asked of the cluster for one of them; undefined where it can't be said. */
async function whyNowhere(client: Client, table: ShardCopy[]): Promise<string | undefined> {
  const copy = table.find(({ state }) => state === 'UNASSIGNED');
  if (!copy) return undefined;
  try {
    const { sentence, action } = await explainCopy(client, copy, { targets: [] });
    return `${sentence} ${action}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether each side has a copy of every shard group that has a replica. What was made a moment ago may be on its way: on a
 * cluster on which indices come and go there is always one.
 */
export function copiesOnBothSides(scope: Scope): Question {
  return {
    name: 'every shard group has a copy on both sides',
    async ask() {
      const problems = await replicatedProblems(scope);
      if (problems.length > 0) return { ok: false, seen: `${problems.join('; ')}. ${BROUGHT}` };
      const { client } = await reachSide(scope, 'new');
      const look = await lookAtGrown(client);
      const groups = groupShards(look.table);
      const single = groups.filter((group) => group.copies.length === 1).length;
      const coming = youngLacking(scope, look);
      const counted = groups.length - single;
      return {
        ok: true,
        seen: [
          `${counted - coming.length} of ${counted} groups`,
          ...(single > 0 ? [`without a replica: ${single} more; the only copy follows with its node`] : []),
          ...(coming.length > 0
            ? [
                `on its way: ${sayYoung(coming, look.young)}. Were the bridge to break before they are there, only one side would have these`,
              ]
            : []),
        ].join('; '),
      };
    },
  };
}

/** What mends a copy that is missing on a side. */
const BROUGHT = 'What lacks a copy is brought over before each look, once a minute; nothing is to be done';

/** Whether all planned nodes are in the cluster, and no others. */
export function everyNodeSeen(scope: Scope): Question {
  return {
    name: 'all old and new nodes are in the cluster, and no others',
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const present = (await readNodes(client)).map((node) => node.name);
      const planned = plannedNodes(scope.plan).map((node) => node.nodeName);
      const missing = planned.filter((name) => !present.includes(name));
      const strange = present.filter((name) => !planned.includes(name));
      const wrong = [
        ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
        ...(strange.length > 0 ? [`not in the plan: ${strange.join(', ')}`] : []),
      ];
      return { ok: wrong.length === 0, seen: wrong.length === 0 ? present.join(', ') : wrong.join('; ') };
    },
  };
}

/** Whether only nodes of one side vote, and the elected master is one of them; and how many voters may be lost. */
export function quorumOn(scope: Scope, side: 'old' | 'new'): Question {
  return {
    name: ONLY_VOTE[side],
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const voting = await readVoting(client);
      const { voters, master } = voting;
      const inside = plannedNodes(scope.plan).flatMap((node) => (node.side === side ? [node.nodeName] : []));
      const ok = voters.every((name) => inside.includes(name)) && inside.includes(master);
      const then = side === 'old' ? await afterTheSwitch(scope, client) : '';
      return { ok, seen: `${sayVoters(voting)}${then}` };
    },
  };
}

/** How many voters may be lost once the way back ends. Only told: that new nodes alone vote was a fact of each drain. */
export function votersTold(scope: Scope): Question {
  return {
    name: 'how many voters may be lost is known',
    async ask() {
      const { client } = await reachSide(scope, 'new');
      return { ok: true, seen: sayVoters(await readVoting(client)) };
    },
  };
}

function sayVoters({ voters, master }: { voters: string[]; master: string }): string {
  return `voters ${voters.join(', ')}, of which ${maySpare(voters.length) || 'none'} may be lost; elected master ${master}`;
}

/** How many voters may be lost from the switch on, to follow upon how many may be now. */
async function afterTheSwitch(scope: Scope, client: Client): Promise<string> {
  const fresh = new Set(plannedNodes(scope.plan).flatMap((node) => (node.side === 'new' ? [node.nodeName] : [])));
  const able = (await readNodes(client)).filter(({ name, roles }) => fresh.has(name) && mayVote(roles)).length;
  return `; after the switch ${able} new nodes can vote, and ${maySpare(able) || 'none'} of them may be lost`;
}

/** What lies on a node, and where its other copies are. */
export function copiesOf(scope: Scope, node: PlannedNode): Question {
  return {
    name: `every shard on ${node.host} that has a replica has a started copy on the new side`,
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const { table, young } = await lookAtGrown(client);
      const fresh = new Set(plannedNodes(scope.plan).flatMap((one) => (one.side === 'new' ? [one.nodeName] : [])));
      const here = groupShards(table).filter((group) => group.copies.some((copy) => copy.node === node.nodeName));
      const covered = here.filter((group) =>
        group.copies.some((copy) => copy.state === 'STARTED' && fresh.has(copy.node ?? '')),
      );
      const single = here.filter((group) => group.copies.length === 1);
      const left = here.filter((group) => !covered.includes(group) && !single.includes(group));
      // It is not stopped before it is empty, so what is on its way is not lost with it.
      const coming = left.filter((group) => young.has(group.index));
      const bare = left.filter((group) => !young.has(group.index));
      const bytes = here.reduce(
        (sum, group) => sum + (group.copies.find((copy) => copy.node === node.nodeName)?.bytes ?? 0),
        0,
      );
      const seen = `${here.length} shard copies (${showBytes(bytes)}); ${covered.length} have a copy on the new side, ${single.length} are only copies and move as a whole${coming.length > 0 ? `; on its way: ${sayYoung(coming, young)}` : ''}`;
      return bare.length === 0
        ? { ok: true, seen }
        : {
            ok: false,
            seen: `${seen}; without one: ${bare.map(shardKey).join(', ')}. ${BROUGHT}`,
          };
    },
  };
}

/** Whether the new nodes have disk room for what lies on a node: in all, and a place for each copy of it. */
export function roomWithout(scope: Scope, node: PlannedNode): Question {
  return {
    name: `the new nodes have room for what is on ${node.host}`,
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const picture = await takePicture(scope, client);
      const here = picture.table.filter((copy) => copy.node === node.nodeName);
      const needed = here.reduce((sum, copy) => sum + copy.bytes, 0);
      const free = picture.nodes
        .filter((one) => one.side === 'new')
        .reduce((sum, one) => sum + Math.max(0, one.freeBytes), 0);
      // Copies of an index that follows the number of nodes go with the nodes.
      const goes = new Set(picture.indices.filter(expands).map(({ name }) => name));
      const moving = here.filter((copy) => copy.movingTo === undefined && !goes.has(copy.index));
      const nowhere = await withoutTemporary(scope, withoutPlace(moving, 'new', picture), picture.indices);
      const seen = `${showBytes(needed)} needed, ${showBytes(free)} free below the watermark`;
      const bare = nowhere.length > 0 ? `; no new node has a place for ${sayCopies(nowhere)}` : '';
      return { ok: free > needed && nowhere.length === 0, seen: seen + bare };
    },
  };
}

/** Whether the elected master is left to the end. */
export function notTheMasterUnlessLast(scope: Scope, node: PlannedNode): Question {
  return {
    name: `${node.host} is not the elected master, or it is the last old node`,
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const { master } = await readVoting(client);
      const present = new Set((await readNodes(client)).map((one) => one.name));
      const left = plannedNodes(scope.plan).filter((one) => one.side === 'old' && present.has(one.nodeName));
      const ok = master !== node.nodeName || left.every((one) => one.nodeName === node.nodeName);
      return { ok, seen: `elected master ${master}; ${left.length} old nodes in the cluster` };
    },
  };
}

/** Whether no old node is left in the cluster. */
export function oldNodesGone(scope: Scope): Question {
  return {
    name: 'no old node is in the cluster',
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const present = (await readNodes(client)).map((node) => node.name);
      const planned = plannedNodes(scope.plan);
      const old = planned.filter((one) => one.side === 'old' && present.includes(one.nodeName));
      const missing = planned.filter((one) => one.side === 'new' && !present.includes(one.nodeName));
      return {
        ok: old.length === 0 && missing.length === 0,
        seen: `in the cluster: ${present.join(', ')}${missing.length > 0 ? `; missing: ${missing.map((one) => one.nodeName).join(', ')}` : ''}`,
      };
    },
  };
}

/** Indices whose number of documents is held against what a person saw. */
const MOST_FIGURES = 50;

/** How many documents there are, for a person to compare with what they know. */
export function documents(scope: Scope): Question {
  return {
    name: 'documents by index',
    async ask() {
      const { client } = await reachSide(scope, 'new');
      const { documents: count, byIndex } = await readVolume(client);
      const largest = Object.entries(byIndex).sort((a, b) => b[1] - a[1]);
      const shown = largest.slice(0, 12).map(([name, one]) => `${name} ${one}`);
      const more = largest.length > 12 ? ` and ${largest.length - 12} more indices` : '';
      const told = largest.slice(0, MOST_FIGURES).map(([name, one]) => [`documents of ${name}`, one] as const);
      const figures = { documents: count, ...Object.fromEntries(told) };
      return { ok: true, seen: `${count} in all: ${shown.join(', ')}${more}`, figures };
    },
  };
}
