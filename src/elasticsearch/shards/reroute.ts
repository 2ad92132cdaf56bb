import type { Client } from '@elastic/elasticsearch';
import { z } from 'zod';
import { askCluster, refusalOf } from '../client/ask';
import { moveKey, type Move } from './moves';

const rerouteSchema = z.object({ acknowledged: z.boolean() });

/** A move that the cluster would not make, with its reason. */
export interface RefusedMove {
  move: Move;
  reason: string;
}

/**
 * Asks the cluster for moves, one by one, so that a refused one does not take the others with it. A refusal is data:
 * the cluster's deciders know more than the plan does, and the shard may have moved in the meantime.
 * @throws Error when the cluster can't be asked
 */
export async function issueMoves(client: Client, moves: Move[]): Promise<RefusedMove[]> {
  const refused: RefusedMove[] = [];
  for (const move of moves) {
    try {
      await askCluster(client, rerouteSchema, {
        method: 'POST',
        path: '/_cluster/reroute',
        query: { filter_path: 'acknowledged' },
        body: {
          commands: [{ move: { index: move.index, shard: move.shard, from_node: move.from, to_node: move.to } }],
        },
      });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal?.status !== 400) throw error;
      refused.push({ move, reason: refusal.reason });
    }
  }
  return refused;
}

/** Moves that were refused, each forgotten after a while, because what stood in its way may be gone. */
export class RefusedMoves {
  readonly #known = new Map<string, RefusedMove & { until: number }>();

  constructor(private readonly forgetAfterMs = 60_000) {}

  add(moves: RefusedMove[], now = Date.now()): void {
    for (const one of moves) this.#known.set(moveKey(one.move), { ...one, until: now + this.forgetAfterMs });
  }

  keys(now = Date.now()): ReadonlySet<string> {
    for (const [key, { until }] of this.#known) if (until <= now) this.#known.delete(key);
    return new Set(this.#known.keys());
  }

  /** Why a copy of this shard was not moved, as far as it is remembered. */
  reasonOf({ index, shard }: { index: string; shard: number }): string | undefined {
    return [...this.#known.values()].find(({ move }) => move.index === index && move.shard === shard)?.reason;
  }
}
