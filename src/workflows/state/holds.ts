import type { Hold } from '../../contract/messages';
import { list } from '../../text/format';
import { cut } from '../../text/harmless';
import { samePerson } from '../../text/person';

/** A hold as a run keeps it; `asks` when the run itself wants to know whether to go back or on, which anybody may answer. */
export type Held = Hold & { asks?: boolean };

/** Where a run keeps them. */
interface Holds {
  held?: Held[];
}

/** People that can hold a run at the same time. */
export const MOST_HOLDS = 50;

/** Characters of what one of them says. */
const LONGEST_REASON = 2_000;

/** Whether somebody holds the run, or it waits for an answer. */
export function isHeld({ held }: Holds): boolean {
  return held !== undefined && held.length > 0;
}

/** The hold of a person, if there is one; never what the run itself asks. */
export function holdOf({ held = [] }: Holds, by: string): Held | undefined {
  return held.find((one) => !one.asks && samePerson(one.by, by));
}

/** All holds with one more. Whoever holds it already has one hold for both reasons; nobody else's is touched. Pure. */
export function heldToo({ held = [] }: Holds, hold: Held): Held[] {
  const own = hold.asks ? undefined : holdOf({ held }, hold.by);
  if (!own) return [...held, hold];
  const both = [own.reason, hold.reason].filter((one) => one !== undefined).join('; ');
  const reason = cut(both, LONGEST_REASON) || undefined;
  return held.map((one) => (one === own ? { ...own, reason } : one));
}

/** What a `resume` of a person ends: their own hold, and without one what the run itself asks. Pure. */
export function endedBy({ held = [] }: Holds, by: string, all = false): Held[] {
  if (all) return held;
  const own = holdOf({ held }, by) ?? held.find((one) => one.asks);
  return own ? [own] : [];
}

/** Who holds it and why, for example `ann (backup until 6) and bob`. */
export function holders(held: Held[]): string {
  return list(held.map(({ by, reason }) => (reason === undefined ? by : `${by} (${reason})`)));
}

/** What a run of an older release carries on: it knew one hold at most. */
export function carriedHolds<T extends Holds>(carried: T & { pause?: Held }): T {
  const { pause, ...others } = carried;
  return pause ? { ...(others as unknown as T), held: [pause] } : carried;
}
