import type { Span } from './spans';
import type { Excuse } from './types';
import type { Look } from './watch';

/** Longest time without any look before the judge no longer knows: machines stall, but not for so long. */
const MOST_UNSEEN_SECONDS = 5;

/** What the looks say of the cluster's health. */
export interface HealthCounts {
  everBelowGreen: boolean;
  healthSamples: number;
  /** The first 20 reasons. */
  belowGreen: string[];
  /** Seconds that were not green, and that a fault of the lab itself excuses. */
  excusedBelowGreenSeconds: number;
}

/** Copies that were there before, and how many of them the plan took away. */
export interface Rebuilt {
  before: number;
  lowered: number;
}

/**
 * What one look says: a status, or undefined when the node said nothing that can be believed. Red with every copy started
 * is such an answer: like a 503 it comes from a node that has no elected master at that moment (Elasticsearch calls a state
 * red that is blocked for want of a master), and the second is bad unless another node answers for it.
 */
export function statusOf(look: Look, clusterName: string): string | undefined {
  if (look.status !== 200 || typeof look.body !== 'object' || look.body === null) return undefined;
  const { cluster_name, status, timed_out, active_shards } = look.body as Record<string, unknown>;
  if (cluster_name !== clusterName || timed_out !== false || typeof status !== 'string') return undefined;
  if (status === 'red' && Number(active_shards) > 0 && missingCopies(look) === 0) return undefined;
  return status;
}

/** Copies that are not started, as the node counts them; NaN when it does not say. */
function missingCopies(look: Look): number {
  const { initializing_shards, unassigned_shards } = look.body as Record<string, unknown>;
  return Number(initializing_shards) + Number(unassigned_shards);
}

/**
 * Goes through every second from `from` to `to` (ms since the epoch). A second is bad when any node said anything but
 * green, when nodes that answer before and afterwards were asked and none gave an answer that covers it, or when for too
 * long there was no answer at all.
 * @param rebuilt where the plan had taken copies away, and the run went back: they may be built anew
 */
export function countHealth(
  looks: Look[],
  clusterName: string,
  nodes: Set<string>,
  from: number,
  to: number,
  excuses: Excuse[] = [],
  rebuilt?: Rebuilt,
): HealthCounts {
  const looked = new Set<number>();
  const asked = new Set<number>();
  const answered = new Set<number>();
  const reasons: [number, string][] = [];
  const relevant = looks.filter((look) => nodes.has(look.host) && look.to >= from && look.from <= to);
  const serves = servingSpans(relevant, clusterName);
  let samples = 0;
  for (const look of relevant) {
    const status = statusOf(look, clusterName);
    const span = serves.get(look.host);
    const isUp = span !== undefined && look.from >= span.from && look.to <= span.to;
    if (status !== undefined) samples += 1;
    if (status !== undefined && status !== 'green' && !builtAnew(look, status, rebuilt)) {
      reasons.push([look.to, `${look.host} says ${status}: ${missingCopies(look)} copies are not started`]);
    }
    for (let second = Math.floor(look.from / 1000); second <= Math.floor(look.to / 1000); second++) {
      looked.add(second);
      if (isUp) asked.add(second);
      if (status !== undefined) answered.add(second);
    }
  }
  let unseen = 0;
  for (let second = Math.ceil(from / 1000); second < Math.floor(to / 1000); second++) {
    unseen = asked.has(second) ? 0 : unseen + 1;
    if (asked.has(second) && !answered.has(second)) reasons.push([second * 1000, 'no node answered']);
    if (unseen > MOST_UNSEEN_SECONDS) {
      const what = looked.has(second) ? 'no node that is up was asked' : 'nobody looked';
      reasons.push([second * 1000, `${what} for ${unseen} s`]);
    }
  }
  const isExcused = ([at]: [number, string]) =>
    excuses.some((excuse) => excuse.belowGreen === true && at >= excuse.from && at <= excuse.to);
  const own = reasons.filter((reason) => !isExcused(reason)).sort(([a], [b]) => a - b);
  if (samples === 0) own.push([from, 'there is no sample at all']);
  const excusedSeconds = new Set(reasons.filter(isExcused).map(([at]) => Math.floor(at / 1000)));
  return {
    everBelowGreen: own.length > 0,
    healthSamples: samples,
    excusedBelowGreenSeconds: excusedSeconds.size,
    belowGreen: own.slice(0, 20).map(([at, reason]) => `${new Date(at).toISOString()} ${reason}`),
  };
}

/** Whether a look says no more than that copies are missing which the plan had taken away: none that was there since is. */
function builtAnew(look: Look, status: string, rebuilt: Rebuilt | undefined): boolean {
  if (!rebuilt || status !== 'yellow') return false;
  const active = Number((look.body as Record<string, unknown>)['active_shards']);
  const missing = missingCopies(look);
  const { before, lowered } = rebuilt;
  return missing <= lowered && active >= before - lowered && active + missing >= before;
}

/** From each node's first answer to its last: one that is not up yet, or no more, is asked in vain, and tells nothing. */
function servingSpans(looks: Look[], clusterName: string): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const look of looks) {
    if (statusOf(look, clusterName) === undefined) continue;
    const { from, to } = spans.get(look.host) ?? look;
    spans.set(look.host, { from: Math.min(from, look.from), to: Math.max(to, look.to) });
  }
  return spans;
}
