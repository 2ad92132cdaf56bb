import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FAILURES } from '../contract/failures';
import { UNDER, WITHOUT, type Under } from '../contract/under';
import { givenUp, type Fence } from '../hosts/fence';

/**
 * So long after a heartbeat that the server has taken, in milliseconds, an attempt may act without asking anew. The server
 * gives an attempt up a minute after its last one (src/workflows/world/options.ts).
 */
export const TAKEN_MS = 30_000;
/** Longest time in milliseconds that a script waits for the server to take a heartbeat. */
const ASK_MS = 10_000;

/** Sends a heartbeat, and returns when the server has taken it. @returns false when it does not know this attempt any more */
export type Beat = () => Promise<boolean>;

/** Two clocks in milliseconds: one that nobody can put back, and one that goes on while the machine sleeps. */
export interface Clocks {
  monotonic: () => number;
  wall: () => number;
}

const CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/**
 * Where one attempt of an activity stands: under what it acts, and whether it may act still. An attempt that the server has
 * given up hears nothing of that by itself when its worker slept, or has lost the server only.
 */
export class Standing {
  private taken?: { monotonic: number; wall: number };
  private gone = false;
  private asking?: Promise<void>;
  private readonly under?: Under;
  /** Hosts that were given up before it was asked for. */
  readonly without: readonly string[];

  /** @param under what the workflow said; undefined for what changes nothing */
  constructor(
    private readonly context: Pick<Context, 'cancellationSignal' | 'info'>,
    under: unknown,
    private readonly beat: Beat,
    private readonly clocks: Clocks = CLOCKS,
  ) {
    this.under = UNDER.safeParse(under).data;
    this.without = WITHOUT.safeParse(under).data?.without ?? [];
  }

  /** Asks the server, unless that is under way; never throws. */
  ask(): Promise<void> {
    this.asking ??= this.askOnce().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /**
   * Whether this attempt may act now, and under what.
   * @throws CancelledFailure when it was cancelled; ApplicationFailure GivenUp when the server has given it up, or may have
   */
  async mayAct(): Promise<Fence | undefined> {
    if (!this.fresh()) await Promise.race([this.ask(), pause(ASK_MS)]);
    if (this.context.cancellationSignal.aborted) throw new CancelledFailure('cancelled before it acted');
    if (this.gone) throw givenUp('the server has given this attempt up');
    if (!this.fresh()) throw unheard();
    return this.under && { ...this.under, attempt: this.context.info.attempt };
  }

  private fresh(): boolean {
    if (this.taken === undefined || this.gone) return false;
    const { monotonic, wall } = this.clocks;
    const ages = [monotonic() - this.taken.monotonic, wall() - this.taken.wall];
    // A clock that was put back says nothing.
    return ages.every((age) => age >= 0 && age < TAKEN_MS);
  }

  private async askOnce(): Promise<void> {
    // From before it was sent: nobody knows when on its way the server took it.
    const sent = { monotonic: this.clocks.monotonic(), wall: this.clocks.wall() };
    try {
      if (await this.beat()) this.taken = sent;
      else this.gone = true;
    } catch {
      // Nobody answers; what was taken last counts until it is too old.
    }
  }
}

/** Tried again, should the server hear of it: then nobody else has taken its place. */
function unheard(): ApplicationFailure {
  const message = `nothing was done: the server has not heard of this attempt for ${TAKEN_MS / 1000} s`;
  return ApplicationFailure.retryable(message, FAILURES.GIVEN_UP);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

const standings = new WeakMap<Context, Standing>();

/** Notes where an attempt stands, for all that it does. */
export function stand(context: Context, standing: Standing): void {
  standings.set(context, standing);
}

/**
 * Whether the activity that is running may act now, and under what; see `Standing.mayAct`.
 * @returns undefined where the workflow said nothing of that: then nothing may be changed
 */
export async function mayActNow(): Promise<Fence | undefined> {
  return standings.get(Context.current())?.mayAct();
}

/** Hosts that had been given up when an activity was asked for. */
export function givenUpBefore(context: Context): readonly string[] {
  return standings.get(context)?.without ?? [];
}
