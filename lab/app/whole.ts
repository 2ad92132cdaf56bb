/** What was seen of a number that can only grow. */
interface Seen {
  /** The highest that counts by now. */
  settled: number;
  /** Answers that do not count yet, oldest first. */
  young: { at: number; value: number }[];
}

/** Numbers of documents that can only grow, each by its name: one that goes down is an answer that lacks some. */
export class Floors {
  private readonly seen = new Map<string, Seen>();

  /**
   * Takes a number in.
   * @param sentAt when the request was sent, ms since the epoch
   * @param lagMs so long a copy may lag behind another one; 0 where nobody writes
   * @throws Error when it is below what was answered longer ago than that before the request was sent
   */
  check(name: string, value: number, sentAt: number, lagMs: number, now = Date.now()): void {
    const seen = this.seen.get(name) ?? { settled: 0, young: [] };
    this.seen.set(name, seen);
    while (seen.young[0] && seen.young[0].at <= sentAt - lagMs) {
      seen.settled = Math.max(seen.settled, seen.young.shift()?.value ?? 0);
    }
    if (value < seen.settled) throw new Error(`${name}: ${value} documents, there were ${seen.settled} before`);
    seen.young.push({ at: now, value });
  }
}

/** The part of an answer to a search or a count that says whether it is whole. */
export interface Coverage {
  _shards: { total: number; successful: number; failed: number };
  timed_out?: boolean;
}

/**
 * Refuses an answer that lacks shards. A shard without any copy is not counted as failed, only as not successful.
 * @throws Error when the answer is not of every shard, or was cut off
 */
export function mustBeWhole({ _shards: { total, successful, failed }, timed_out: timedOut }: Coverage): void {
  if (failed !== 0 || successful !== total) throw new Error(`only ${successful} of ${total} shards answered`);
  if (timedOut === true) throw new Error('the answer was cut off by a time-out');
}
