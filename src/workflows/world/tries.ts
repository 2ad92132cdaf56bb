import type { Trying } from '../../contract/trying';
import { TRIES_TOLD } from '../messages/tries';

/** A call of an activity that has no answer yet. */
export interface Call {
  activity: string;
  host?: string;
  /** What it does, as the timeline calls it. */
  what: string;
  /** Workflow time, ms since the epoch. */
  begun: number;
  /** What was told of it last; `scheduled` is when its activity was asked for, ms since the epoch. */
  told?: { scheduled: number; trying: Trying };
}

/**
 * What a run waits for and is tried again, as its activities tell. A workflow knows of its calls when they end, and of no try
 * before; what is told is believed of a call that is under way, and forgotten with its end.
 */
export class Tries {
  private readonly calls = new Set<Call>();
  private ofChild: readonly Trying[] = [];

  /** @param onChange is given all that is tried again now, whenever that has changed */
  constructor(private readonly onChange: (trying: Trying[]) => void = () => undefined) {}

  /** A call begins. */
  begin(activity: string, input: unknown, what: string): Call {
    const { host } = (input ?? {}) as { host?: string };
    const call = { activity, host, what, begun: Date.now() };
    this.calls.add(call);
    return call;
  }

  /** It has ended, however it did. */
  end(call: Call): void {
    this.calls.delete(call);
    if (call.told) this.changed();
  }

  /** Hears what an activity tells; of anybody else nothing is believed that can't be so. Never throws. */
  heard(raw: unknown): void {
    const told = TRIES_TOLD.safeParse(raw);
    if (!told.success) return;
    let news = false;
    const now = Date.now();
    for (const { activity, host, scheduled: at, ...tried } of told.data.tries) {
      const scheduled = Date.parse(at);
      // What was asked for before the call began is of another one, or of before a reset, which tells it again; later than now, of none.
      const call = [...this.calls].find(
        (one) => one.activity === activity && one.host === host && one.begun <= scheduled && scheduled <= now,
      );
      if (!call || isOlder(call, scheduled, tried.attempt)) continue;
      const since = call.told?.trying.since ?? new Date().toISOString();
      call.told = { scheduled, trying: { what: call.what, ...(host !== undefined && { host }), ...tried, since } };
      news = true;
    }
    if (news) this.changed();
  }

  /** What a child workflow tries again. */
  heardOfChild(trying: readonly Trying[]): void {
    const before = this.ofChild;
    this.ofChild = trying;
    if (before.length + trying.length > 0) this.changed();
  }

  private changed(): void {
    const own = [...this.calls].flatMap(({ told }) => (told ? [told.trying] : []));
    this.onChange([...own, ...this.ofChild]);
  }
}

/** Two workers tell in any order. */
function isOlder({ told }: Call, scheduled: number, attempt: number): boolean {
  if (!told) return false;
  return scheduled < told.scheduled || (scheduled === told.scheduled && attempt <= told.trying.attempt);
}
