import type { MoveProgress } from '../../contract/progress';
import type { Recovery } from './recovery';

/** What is left at one look, and the copies that are being made then. */
export interface Left {
  shardsTotal: number;
  shardsLeft: number;
  bytesTotal: number;
  bytesLeft: number;
  recoveries: Recovery[];
}

/** The rate is that of the last minute, over several calls. */
const RATE_SECONDS = 60;

/**
 * Turns looks into progress: rate, time left, and for how long nothing has moved, carried on from the call before. Time in
 * which nobody answered is counted apart: it is neither progress nor a standstill.
 */
export class Pace {
  readonly #startedAt: number;
  #first?: Left;
  #last?: Left;
  /** When the last look was answered; before the first one, when this call began. */
  #lookedAt: number;
  #stalledMs: number;
  #gap?: { since: number; reason: string };

  constructor(
    private readonly since: MoveProgress | undefined,
    now = Date.now(),
  ) {
    this.#startedAt = now;
    this.#lookedAt = now;
    this.#stalledMs = (since?.stalledSeconds ?? 0) * 1000;
    if (since?.unanswered) this.#gap = { ...since.unanswered, since: now - since.unanswered.seconds * 1000 };
  }

  /** Takes note of one look that was answered. */
  note(left: Left, now = Date.now()): void {
    if (this.#moved(left)) this.#stalledMs = 0;
    else if (!this.#gap) this.#stalledMs += now - this.#lookedAt;
    this.#gap = undefined;
    this.#lookedAt = now;
    this.#first ??= left;
    this.#last = left;
  }

  /** Takes note of a look that nobody answered. */
  unanswered(reason: string, now = Date.now()): void {
    this.#gap = { since: this.#gap?.since ?? this.#lookedAt, reason };
    this.#lookedAt = now;
  }

  /** A store that only shrinks, because it is merged, is no progress: bytes have to arrive somewhere, or shards. */
  #moved(left: Left): boolean {
    const before = this.#last ?? this.since;
    if (before === undefined || left.shardsLeft < before.shardsLeft) return true;
    if (!this.#last) return left.recoveries.length > 0 && left.bytesLeft < before.bytesLeft;
    const known = new Map(this.#last.recoveries.map((one) => [keyOf(one), one]));
    return left.recoveries.some((one) => {
      const earlier = known.get(keyOf(one));
      return one.recoveredBytes > (earlier?.recoveredBytes ?? 0) || one.operations > (earlier?.operations ?? 0);
    });
  }

  /** Share of all bytes that moved in this call, 0 to 1. */
  share(): number {
    if (!this.#first || !this.#last || this.#last.bytesTotal === 0) return 0;
    return (this.#first.bytesLeft - this.#last.bytesLeft) / this.#last.bytesTotal;
  }

  /** Seconds since this call began. */
  seconds(now = Date.now()): number {
    return (now - this.#startedAt) / 1000;
  }

  /** Progress as it stands. */
  progress(done: boolean, now = Date.now()): MoveProgress {
    const left = this.#last ?? this.since ?? { shardsTotal: 0, shardsLeft: 0, bytesTotal: 0, bytesLeft: 0 };
    const seconds = Math.max(this.seconds(now), 0.001);
    const moved = Math.max(0, (this.#first?.bytesLeft ?? left.bytesLeft) - left.bytesLeft);
    const weight = this.since ? Math.min(1, seconds / RATE_SECONDS) : 1;
    const rate = (moved / seconds) * weight + (this.since?.bytesPerSecond ?? 0) * (1 - weight);
    const gap = this.#gap;
    return {
      done,
      shardsTotal: left.shardsTotal,
      shardsLeft: left.shardsLeft,
      bytesTotal: left.bytesTotal,
      bytesLeft: left.bytesLeft,
      bytesPerSecond: Math.round(rate),
      stalledSeconds: Math.round(this.#stalledMs / 1000),
      ...(rate >= 1 && !gap && { etaSeconds: Math.ceil(left.bytesLeft / rate) }),
      ...(gap && { unanswered: { seconds: Math.round((now - gap.since) / 1000), reason: gap.reason } }),
    };
  }
}

function keyOf({ index, shard, from, to }: Recovery): string {
  return `${index}/${shard}:${from ?? ''}>${to ?? ''}`;
}
