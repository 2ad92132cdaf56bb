import type { MoveProgress } from '../contract/progress';

/** What is left at one look, and a figure that changes whenever something happened (replayed operations). */
export interface Left {
  shardsTotal: number;
  shardsLeft: number;
  bytesTotal: number;
  bytesLeft: number;
  operations: number;
}

/** The rate is that of the last minute, over several calls. */
const RATE_SECONDS = 60;

/** Turns looks into progress: rate, time left, and for how long nothing has moved, carried on from the call before. */
export class Pace {
  readonly #startedAt: number;
  #first?: Left;
  #last?: Left;
  #movedAt: number;
  readonly #stalledBefore: number;
  #moved = false;

  constructor(
    private readonly since: MoveProgress | undefined,
    now = Date.now(),
  ) {
    this.#startedAt = now;
    this.#movedAt = now;
    this.#stalledBefore = since?.stalledSeconds ?? 0;
  }

  /** Takes note of one look. */
  note(left: Left, now = Date.now()): void {
    const before = this.#last ?? this.since;
    const operated = this.#last !== undefined && this.#last.operations !== left.operations;
    if (before === undefined || left.bytesLeft < before.bytesLeft || left.shardsLeft < before.shardsLeft || operated) {
      this.#moved = true;
      this.#movedAt = now;
    }
    this.#first ??= left;
    this.#last = left;
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

  /** Seconds for which nothing has moved. */
  stalledSeconds(now = Date.now()): number {
    const inThisCall = (now - this.#movedAt) / 1000;
    return Math.round(this.#moved ? inThisCall : this.#stalledBefore + inThisCall);
  }

  /** Progress as it stands. */
  progress(done: boolean, now = Date.now()): MoveProgress {
    const left = this.#last ?? { shardsTotal: 0, shardsLeft: 0, bytesTotal: 0, bytesLeft: 0, operations: 0 };
    const seconds = Math.max(this.seconds(now), 0.001);
    const moved = Math.max(0, (this.#first?.bytesLeft ?? left.bytesLeft) - left.bytesLeft);
    const weight = this.since ? Math.min(1, seconds / RATE_SECONDS) : 1;
    const rate = (moved / seconds) * weight + (this.since?.bytesPerSecond ?? 0) * (1 - weight);
    return {
      done,
      shardsTotal: left.shardsTotal,
      shardsLeft: left.shardsLeft,
      bytesTotal: left.bytesTotal,
      bytesLeft: left.bytesLeft,
      bytesPerSecond: Math.round(rate),
      stalledSeconds: this.stalledSeconds(now),
      ...(rate >= 1 && { etaSeconds: Math.ceil(left.bytesLeft / rate) }),
    };
  }
}
