import type { ArrivalsSoFar, FailedArrival, UnderWay } from '../../contract/progress';
import { shardKey } from '../data-proof/copies';
import { arrivalKey, moveKey, type Move } from './moves';
import { isAtRest, type PlacementLimits } from './placement';
import type { Recovery } from './recovery';
import { groupShards, type ShardCopy, type ShardGroup } from './table';

/** So often a shard may fail to arrive on a node until that is no accident. */
const MOST_TIMES = 3;
/** Minutes for which a node that a shard does not arrive on is left out for it. */
export const ASIDE_MINUTES = 5;
/** Of each kind so many are carried on to the next call, those that failed most often first: each is kept in the history. */
const MOST_CARRIED = 50;

type Target = Pick<FailedArrival, 'index' | 'shard' | 'to'>;

/**
 * Watches moves that the cluster has taken on. One that fails on its target is nowhere to be seen afterwards: the copy is
 * back where it was, and the cluster keeps no reason. So what was under way at one look is looked for at the next one.
 */
export class Arrivals {
  readonly #failed: Map<string, FailedArrival>;
  #underWay: Map<string, UnderWay>;
  /** Bytes of each copy that was being made at the last look. */
  #bytes = new Map<string, number>();

  constructor(before: ArrivalsSoFar | undefined) {
    this.#failed = new Map(before?.failed.map((one) => [arrivalKey(one), one]));
    this.#underWay = new Map(before?.underWay.map((one) => [moveKey(one), one]));
  }

  /**
   * Takes note of one look.
   * @param wanted groups that have still to move; what is known of others is forgotten
   */
  note(
    { table, recoveries }: { table: ShardCopy[]; recoveries: Recovery[] },
    wanted: ShardGroup[],
    now = Date.now(),
  ): void {
    const open = new Set(wanted.map(shardKey));
    const copies = new Map(groupShards(table).map((group) => [shardKey(group), group.copies]));
    for (const move of this.#underWay.values()) {
      if (hasFailed(move, copies.get(shardKey(move)) ?? [])) this.#count(move, now);
    }
    this.#underWay = new Map();
    this.asked(
      table.flatMap(({ index, shard, node: from, movingTo: to }) =>
        from !== undefined && to !== undefined ? [{ index, shard, from, to }] : [],
      ),
    );
    const bytes = new Map<string, number>();
    for (const { index, shard, to, recoveredBytes } of recoveries) {
      if (to === undefined) continue;
      const key = arrivalKey({ index, shard, to });
      // It begins anew without having been given up.
      if (recoveredBytes < (this.#bytes.get(key) ?? 0)) this.#count({ index, shard, to }, now);
      bytes.set(key, recoveredBytes);
    }
    this.#bytes = bytes;
    for (const [key, one] of this.#failed) if (!open.has(shardKey(one))) this.#failed.delete(key);
  }

  /** Takes note of moves that the cluster has taken on. */
  asked(moves: UnderWay[]): void {
    for (const { index, shard, from, to } of moves) {
      const move = { index, shard, from, to };
      this.#underWay.set(moveKey(move), move);
    }
  }

  /** Where which shard is not to go now, as {@link arrivalKey}. */
  aside(now = Date.now()): ReadonlySet<string> {
    return this.#keys(({ at }) => now - at < ASIDE_MINUTES * 60_000);
  }

  /** How often a copy did not arrive, where that is no accident any more: then its bytes are no progress. */
  breaksOff({ index, shard, to }: Recovery): number | undefined {
    const known = to === undefined ? undefined : this.#failed.get(arrivalKey({ index, shard, to }));
    return known && known.times >= MOST_TIMES ? known.times : undefined;
  }

  /** Where a shard did not arrive so far, what failed most often first. */
  of({ index, shard }: Pick<Target, 'index' | 'shard'>): FailedArrival[] {
    return this.#sorted().filter((one) => one.index === index && one.shard === shard);
  }

  /**
   * Groups that no node takes: what was tried often enough has failed, and to others they may not go. That one of them is
   * tried again now makes no difference.
   * @param groups that have still to move
   * @param plan says what may move with such a table and limits
   */
  nowhere(
    table: ShardCopy[],
    groups: ShardGroup[],
    plan: (table: ShardCopy[], limits: Pick<PlacementLimits, 'movesPerNode' | 'aside'>) => Move[],
  ): ShardGroup[] {
    const aside = this.#keys(() => true);
    const known = groups.filter((group) => this.of(group).some(({ times }) => times >= MOST_TIMES));
    if (known.length === 0) return [];
    const settled = table.map(({ movingTo, ...copy }): ShardCopy => {
      if (movingTo === undefined) return copy;
      return aside.has(arrivalKey({ ...copy, to: movingTo })) ? { ...copy, state: 'STARTED' } : { ...copy, movingTo };
    });
    const going = new Set(plan(settled, { movesPerNode: Infinity, aside }).map(shardKey));
    const judged = new Set(groupShards(settled).filter(isAtRest).map(shardKey));
    return known.filter((group) => judged.has(shardKey(group)) && !going.has(shardKey(group)));
  }

  /** What the next call has to know; undefined when there is nothing. */
  soFar(): ArrivalsSoFar | undefined {
    const failed = this.#sorted().slice(0, MOST_CARRIED);
    const underWay = [...this.#underWay.values()].slice(0, MOST_CARRIED);
    return failed.length + underWay.length > 0 ? { failed, underWay } : undefined;
  }

  #count({ index, shard, to }: Target, at: number): void {
    const key = arrivalKey({ index, shard, to });
    this.#failed.set(key, { index, shard, to, times: (this.#failed.get(key)?.times ?? 0) + 1, at });
  }

  #keys(which: (one: FailedArrival) => boolean): ReadonlySet<string> {
    return new Set([...this.#failed.values()].filter((one) => one.times >= MOST_TIMES && which(one)).map(arrivalKey));
  }

  #sorted(): FailedArrival[] {
    return [...this.#failed.values()].sort((a, b) => b.times - a.times);
  }
}

/** Whether a move is over and the copy back where it was. What its source has lost, or another node has, failed otherwise. */
function hasFailed({ from, to }: UnderWay, copies: ShardCopy[]): boolean {
  const there = copies.some((copy) => copy.node === to);
  return !there && copies.some((copy) => copy.node === from && copy.movingTo !== to);
}
