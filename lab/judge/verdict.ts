import type { JudgeEvidence, Mode } from './types';

/** Longest pause that no app may see, ms. */
export const LONGEST_GAP_MS = 2_000;

/** What the verdict asks for. */
export interface VerdictOptions {
  /** Fewer requests prove nothing. */
  minRequests: number;
  mode: Mode;
  /** Starts of services, by host, that the lab's own faults cause beside those of the move itself; default: none. */
  faultStarts?: Record<string, number>;
}

/** Longest span that a fault may excuse, ms: what lasts longer is no longer the fault's doing. */
export const LONGEST_EXCUSE_MS = 300_000;

/** Whether every promise was kept, and in plain words which were broken. What is not known is broken. */
export function verdict(
  evidence: JudgeEvidence,
  { minRequests, mode, faultStarts = {} }: VerdictOptions,
): { ok: boolean; broken: string[] } {
  const broken: string[] = [];
  const check = (holds: boolean, words: string) => {
    if (!holds) broken.push(words);
  };
  const { requests, failedRequests, ackedWrites, lostWrites, duplicateWrites } = evidence;
  check(requests >= minRequests, `there were ${requests} requests; ${minRequests} are needed to prove anything`);
  check(failedRequests === 0, `${failedRequests} of ${requests} requests failed: ${first(evidence.failures)}`);
  check(evidence.longestGapMs <= LONGEST_GAP_MS, `no app host had a success for ${evidence.longestGapMs} ms`);
  check(ackedWrites > 0, 'there is no acknowledged write to look for');
  check(lostWrites === 0, `${lostWrites} of ${ackedWrites} acknowledged writes are lost: ${first(evidence.lost)}`);
  check(duplicateWrites === 0, `${duplicateWrites} writes are there twice: ${first(evidence.duplicates)}`);
  check(!evidence.everBelowGreen, `the cluster was not green all the time: ${first(evidence.belowGreen)}`);
  check(
    evidence.leftovers.length === 0,
    `${evidence.leftovers.length} things were left on hosts: ${first(evidence.leftovers)}`,
  );
  check(evidence.missing.length === 0, `not as it must be: ${evidence.missing.join('; ')}`);
  check(evidence.finalHealth === 'green', `the final cluster is ${evidence.finalHealth}`);
  check(evidence.outcome === mode, `it was judged as ${evidence.outcome}, not as ${mode}`);
  if (mode === 'migrated') {
    check(evidence.oldNodesRunning === 0, `Elasticsearch still runs on ${evidence.oldNodesRunning} old hosts`);
    check(evidence.appsOnFronts, `not every app is on the fronts: ${evidence.appsOffFronts.join('; ')}`);
    check(evidence.bridgeBytes > 0, 'no byte was seen on the bridge');
  }
  const often = startedTooOften(evidence, mode, faultStarts);
  check(often.length === 0, `started more often than needed: ${often.join(', ')}`);
  const long = evidence.excuses.filter(({ from, to }) => to - from > LONGEST_EXCUSE_MS);
  check(long.length === 0, `a fault can't excuse so long a time: ${long.map(({ reason }) => reason).join('; ')}`);
  for (const [name, value] of Object.entries(evidence)) {
    if (typeof value === 'number' && !Number.isFinite(value)) broken.push(`${name} is not known`);
  }
  return { ok: broken.length === 0, broken };
}

/** Services that were started more often than the move needs: an old node never, a new one once, an app once each way. */
function startedTooOften(evidence: JudgeEvidence, mode: Mode, faultStarts: Record<string, number>): string[] {
  const needed: [Record<string, number>, number][] = [
    [evidence.oldNodeStarts, 0],
    [evidence.newNodeStarts, 1],
    [evidence.appStarts, mode === 'migrated' ? 1 : 2],
  ];
  return needed.flatMap(([starts, most]) =>
    Object.entries(starts)
      .filter(([host, count]) => count > most + (faultStarts[host] ?? 0))
      .map(([host, count]) => `${host} ${count} times`),
  );
}

function first(reasons: string[]): string {
  const [one = 'no detail'] = reasons;
  return reasons.length > 1 ? `${one} (and ${reasons.length - 1} more listed)` : one;
}
