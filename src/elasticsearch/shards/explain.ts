import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, refusalOf } from '../client/ask';
import { byName, type StuckReason } from './held';
import type { ShardCopy } from './table';

export type { StuckReason };

const decider = z.object({ decider: z.string(), decision: z.string(), explanation: z.string() });
const explainSchema = z.object({
  index: z.string(),
  shard: z.number(),
  primary: z.boolean(),
  current_state: z.string(),
  current_node: z.object({ name: z.string() }).optional(),
  unassigned_info: z
    .object({
      reason: z.string(),
      failed_allocation_attempts: z.number().optional(),
      /** Why it failed the last time, causes last. */
      details: z.string().optional(),
    })
    .optional(),
  can_allocate: z.string().optional(),
  allocate_explanation: z.string().optional(),
  move_explanation: z.string().optional(),
  rebalance_explanation: z.string().optional(),
  /** Said of a copy that is under way already. */
  explanation: z.string().optional(),
  node_allocation_decisions: z
    .array(z.object({ node_name: z.string(), node_decision: z.string(), deciders: z.array(decider).default([]) }))
    .default([]),
});

/** The answer of `_cluster/allocation/explain`. */
export type Explanation = z.output<typeof explainSchema>;

/** What the asker knows beside the cluster's own explanation. */
export interface KnownBefore {
  /** Nodes that the copy is to go to; what keeps it off others explains nothing. */
  targets: readonly string[];
  /** Why the cluster refused to move it, when it was asked to. */
  refused?: string;
}

/**
 * Asks why one copy is where it is, and turns the answer into one sentence and one safe action.
 * @throws Error when the cluster can't be asked
 */
export async function explainCopy(client: Client, copy: ShardCopy, known: KnownBefore): Promise<StuckReason> {
  const explained = await askWhy(client, copy);
  if ('index' in explained) {
    const reason = summarise(explained, known);
    return (await byName(client, copy, mainReason(explained, known)?.decider)) ?? reason;
  }
  return {
    sentence: `Shard ${copy.shard} of index ${copy.index} does not move, and the cluster does not say why (${explained.reason}).`,
    action: 'Look at GET _cat/shards and the log of the elected master.',
  };
}

/**
 * Why nodes would not have a copy, in the cluster's own words; undefined where it does not say. Of a move that failed it
 * keeps no reason but in the nodes' logs; newer versions say how often it did.
 * @throws Error when the cluster can't be asked
 */
export async function whyNotThere(client: Client, copy: ShardCopy, nodes: string[]): Promise<string | undefined> {
  const explained = await askWhy(client, copy);
  if (!('index' in explained)) return undefined;
  const noes = explained.node_allocation_decisions
    .filter(({ node_name: name }) => nodes.includes(name))
    .flatMap(({ deciders }) => deciders.filter((one) => one.decision === 'NO' && one.decider !== 'same_shard'));
  return noes[0] && shorten(noes[0].explanation);
}

async function askWhy(client: Client, copy: ShardCopy): Promise<Explanation | { reason: string }> {
  try {
    return await askCluster(client, explainSchema, {
      method: 'POST',
      path: '/_cluster/allocation/explain',
      body: {
        index: copy.index,
        shard: copy.shard,
        primary: copy.primary,
        ...(copy.node !== undefined && { current_node: copy.node }),
      },
    });
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return { reason: refusal.reason };
  }
}

/** The action for the decider that says no most often; none of them can lose data. */
const ACTIONS: Record<string, string> = {
  disk_threshold: 'Free disk space on the new hosts, or raise cluster.routing.allocation.disk.watermark.low.',
  max_retry: 'Run POST _cluster/reroute?retry_failed=true once; it only tries again.',
  shards_limit: 'Raise index.routing.allocation.total_shards_per_node of this index, or add a new host.',
  filter: 'Look at the index.routing.allocation filters of this index and let the new nodes in.',
  same_shard: 'Lower the number of replicas of this index, or add a new host.',
  awareness:
    'Compare node.attr of the new nodes with cluster.routing.allocation.awareness: with the values of the old ones, or with fewer replicas of this index, there is a place.',
  enable: 'Set cluster.routing.allocation.enable back to "all".',
  throttling: 'Wait, or raise the limit with the signal "throttle".',
  node_version: 'Install the same Elasticsearch version on the new hosts.',
  data_tier: 'Give the new nodes the data tier that this index prefers (node.roles).',
  snapshot_in_progress: 'Wait until the snapshot is over.',
  node_shutdown: 'End the node shutdown that somebody registered (DELETE _nodes/NODE/shutdown).',
  replica_after_primary_active: 'Wait until the primary is there; a replica comes after it.',
};

/** The cluster's own words are cut at so many characters. */
const LONGEST_WHY = 300;

/** One sentence and one safe action out of an explanation. Pure. */
export function summarise(explanation: Explanation, known: KnownBefore = { targets: [] }): StuckReason {
  const { index, shard, primary, current_node: at, unassigned_info: unassigned } = explanation;
  const what = `${primary ? 'Primary' : 'Replica'} of shard ${shard} of index ${index}`;
  const main = mainReason(explanation, known);
  const place = at ? `is on ${at.name}` : `is ${explanation.current_state}`;
  const failure = main?.decider === 'max_retry' ? unassigned?.details : undefined;
  const why =
    (failure === undefined ? main?.explanation : lastOf(failure)) ??
    known.refused ??
    explanation.allocate_explanation ??
    explanation.move_explanation ??
    explanation.rebalance_explanation ??
    explanation.explanation ??
    'the cluster gives no reason';
  return {
    sentence: `${what} ${place}${unassigned ? ` (${unassigned.reason})` : ''}: ${shorten(why)}.`,
    action:
      (main && ACTIONS[main.decider]) ??
      'Look at GET _cluster/allocation/explain for this shard; nothing has to be forced.',
  };
}

/** What keeps a copy off most of the nodes that it is to go to. */
function mainReason(explanation: Explanation, known: KnownBefore): z.output<typeof decider> | undefined {
  const decisions = explanation.node_allocation_decisions;
  const onTargets = decisions.filter((node) => known.targets.includes(node.node_name));
  const noes = (onTargets.length > 0 ? onTargets : decisions).flatMap((node) =>
    node.deciders.filter((one) => one.decision === 'NO' || one.decision === 'THROTTLE'),
  );
  const counts = new Map<string, number>();
  for (const one of noes) counts.set(one.decider, (counts.get(one.decider) ?? 0) + 1);
  // `same_shard` is true of every group on its own nodes, so it is the reason only when there is no other.
  const weight = ([name, count]: [string, number]) => (name === 'same_shard' ? 0 : count);
  const [main] = [...counts].sort((a, b) => weight(b) - weight(a));
  return noes.find((one) => one.decider === main?.[0]);
}

/** Of a failure the end, where the innermost cause stands. */
function lastOf(text: string): string {
  const whole = text.trim().replace(/;$/, '');
  return whole.length >= LONGEST_WHY ? `…${whole.slice(2 - LONGEST_WHY)}` : whole;
}

function shorten(text: string): string {
  const whole = text.trim().replace(/\.$/, '');
  return whole.length > LONGEST_WHY ? `${whole.slice(0, LONGEST_WHY - 1)}…` : whole;
}
