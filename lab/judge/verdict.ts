import type { JudgeEvidence, Mode } from './types';

/** Longest pause that no app may see, ms. */
export const LONGEST_GAP_MS = 2_000;
/** Longest pause of one app that is not restarted, on a machine that is not slow, ms. */
const LONGEST_PAUSE_MS = 5_000;
/** What one app needs more to be stopped and started, ms. */
const RESTART_MS = 10_000;
/**
 * 99 of 100 requests may take so long on any machine, ms, and so many times what they took before: where all hosts of a lab
 * share two processors, installing packages on nine of them and starting six nodes is felt by every request.
 */
const P99_MS = 4_500;
const P99_TIMES = 50;
/** Whole nodes moved by exclusion would send every copy: at least twice the primaries with one replica. */
const TIMES_PRIMARIES = 1.5;
/** What the apps' own traffic may differ from its median meanwhile, bytes: with little data it is all that there is. */
const UNEVEN_BYTES = 8 * 1024 * 1024;

/** What the verdict asks for. */
export interface VerdictOptions {
  /** Fewer requests prove nothing. */
  minRequests: number;
  mode: Mode;
  /** Starts of services, by host, that the lab's own faults cause beside those of the move itself; default: none. */
  faultStarts?: Record<string, number>;
}

/** Longest span that a fault may excuse, ms: what lasts longer is no longer the fault's doing. */
const LONGEST_EXCUSE_MS = 300_000;
/** All excuses together, seconds, and as a part of the run: a run that is mostly excused proves nothing. */
const MOST_EXCUSED_SECONDS = 600;
const MOST_EXCUSED_TIME = 0.6;
const MOST_EXCUSED_REQUESTS = 0.2;

/** The promises that a verdict names, in short. */
const PROMISES = {
  evidence: 'evidence',
  requests: 'no request fails',
  writes: 'no write is lost',
  green: 'never less than green',
  words: 'nothing without a word',
  bytes: 'each byte crosses once',
  moved: 'moved',
  secrets: 'secrets stay where they are',
  restored: 'everything is put back',
} as const;

/** Whether every promise was kept, and in plain words which were broken. What is not known is broken. */
export function verdict(evidence: JudgeEvidence, options: VerdictOptions): { ok: boolean; broken: string[] } {
  const broken: string[] = [];
  const check = (promise: keyof typeof PROMISES, holds: boolean, words: string) => {
    if (!holds) broken.push(`${PROMISES[promise]}: ${words}`);
  };
  judgeRequests(evidence, options, check);
  judgeLoaded(evidence, check);
  judgeHistory(evidence, check);
  judgeCluster(evidence, check);
  judgeHosts(evidence, options, check);
  judgeExcuses(evidence, check);
  for (const [name, value] of Object.entries(evidence)) {
    check('evidence', typeof value !== 'number' || Number.isFinite(value), `${name} is not known`);
  }
  return { ok: broken.length === 0, broken };
}

type Check = (promise: keyof typeof PROMISES, holds: boolean, words: string) => void;

function judgeRequests(evidence: JudgeEvidence, { minRequests }: VerdictOptions, check: Check): void {
  const { requests, failedRequests, ackedWrites, lostWrites, duplicateWrites } = evidence;
  const { baselineP99Ms, ownP99Ms } = evidence;
  check(
    'evidence',
    requests >= minRequests,
    `there were ${requests} requests; ${minRequests} are needed to prove anything`,
  );
  check(
    'requests',
    failedRequests === 0,
    `${failedRequests} of ${requests} requests failed: ${first(evidence.failures)}`,
  );
  check(
    'requests',
    evidence.longestGapMs <= LONGEST_GAP_MS,
    `no app host had a success for ${evidence.longestGapMs} ms`,
  );
  const steady = Math.max(LONGEST_PAUSE_MS, 2 * baselineP99Ms);
  for (const [host, { steadyMs, restartMs }] of Object.entries(evidence.appPauses)) {
    check('requests', !(steadyMs > steady), `${host} had no success for ${steadyMs} ms`);
    check('requests', !(restartMs > steady + RESTART_MS), `${host} had no success for ${restartMs} ms at a restart`);
  }
  const slowest = Math.max(P99_MS, P99_TIMES * baselineP99Ms);
  check('requests', !(ownP99Ms > slowest), `99 of 100 requests took up to ${ownP99Ms} ms, before ${baselineP99Ms} ms`);
  check('evidence', ackedWrites > 0, 'there is no acknowledged write to look for');
  check(
    'writes',
    lostWrites === 0,
    `${lostWrites} of ${ackedWrites} acknowledged writes are lost: ${first(evidence.lost)}`,
  );
  check('writes', duplicateWrites === 0, `${duplicateWrites} writes are there twice: ${first(evidence.duplicates)}`);
}

function judgeLoaded(
  { loadedDocuments, lostDocuments, ackedUpdates, lostUpdates, lostLoaded }: JudgeEvidence,
  check: Check,
): void {
  check('evidence', loadedDocuments > 0, 'there is no loaded document to look for');
  check('writes', lostDocuments === 0, `${lostDocuments} loaded documents are not as they were: ${first(lostLoaded)}`);
  check('evidence', ackedUpdates > 0, 'there is no acknowledged update to look for');
  check('writes', lostUpdates === 0, `${lostUpdates} acknowledged updates are lost: ${first(lostLoaded)}`);
}

function judgeHistory({ historyOperations, historyProblems }: JudgeEvidence, check: Check): void {
  check('evidence', historyOperations > 0, 'there is no history of reads and writes to explain');
  check('writes', historyProblems.length === 0, `no order explains what was answered: ${first(historyProblems)}`);
}

function judgeCluster(evidence: JudgeEvidence, check: Check): void {
  check('evidence', evidence.views > 0, 'no node told what it knows by itself');
  check('green', evidence.badViews.length === 0, `the nodes were not one whole cluster: ${first(evidence.badViews)}`);
  check('green', !evidence.everBelowGreen, `the cluster was not green all the time: ${first(evidence.belowGreen)}`);
  check('green', evidence.loggedFalls.length === 0, `a master saw less than green: ${first(evidence.loggedFalls)}`);
  check('green', evidence.stoppedFull.length === 0, `not empty when stopped: ${first(evidence.stoppedFull)}`);
  const unasked = evidence.withoutWord ?? [];
  check('words', unasked.length === 0, `${unasked.length} things were done unasked: ${first(unasked)}`);
  check('green', evidence.finalHealth === 'green', `the final cluster is ${evidence.finalHealth}`);
}

function judgeHosts(evidence: JudgeEvidence, { mode, faultStarts = {} }: VerdictOptions, check: Check): void {
  check('moved', evidence.outcome === mode, `it was judged as ${evidence.outcome}, not as ${mode}`);
  check(
    'restored',
    evidence.leftovers.length === 0,
    `${evidence.leftovers.length} things were left on hosts: ${first(evidence.leftovers)}`,
  );
  check(
    'restored',
    evidence.settingsLeft.length === 0,
    `${evidence.settingsLeft.length} settings are not as they were: ${first(evidence.settingsLeft)}`,
  );
  check('secrets', evidence.secretsSeen.length === 0, `found in what the run left: ${evidence.secretsSeen.join('; ')}`);
  check('moved', evidence.missing.length === 0, `not as it must be: ${evidence.missing.join('; ')}`);
  if (mode === 'migrated') {
    check('moved', evidence.oldNodesRunning === 0, `Elasticsearch still runs on ${evidence.oldNodesRunning} old hosts`);
    check('moved', evidence.appsOnFronts, `not every app is on the fronts: ${evidence.appsOffFronts.join('; ')}`);
    check('evidence', evidence.bridgeBytes > 0, 'no byte was seen on the bridge');
    const own = evidence.bridgeBytesWhileMoving - evidence.excusedBridgeBytes;
    const most = TIMES_PRIMARIES * evidence.primaryBytes + 2 * evidence.ordinaryBridgeBytes + UNEVEN_BYTES;
    check(
      'bytes',
      !(own > most),
      `${own} bytes crossed while shards moved, the primaries have ${evidence.primaryBytes}`,
    );
  }
  const often = startedTooOften(evidence, mode, faultStarts);
  check('moved', often.length === 0, `started more often than needed: ${often.join(', ')}`);
}

function judgeExcuses(
  { excuses, excusedSeconds, excusedRequests, seconds, requests }: JudgeEvidence,
  check: Check,
): void {
  const long = excuses.filter(({ from, to }) => to - from > LONGEST_EXCUSE_MS);
  check(
    'evidence',
    long.length === 0,
    `a fault can't excuse so long a time: ${long.map(({ reason }) => reason).join('; ')}`,
  );
  const most = Math.min(MOST_EXCUSED_SECONDS, MOST_EXCUSED_TIME * seconds);
  check(
    'evidence',
    !(excusedSeconds > most),
    `faults excuse ${excusedSeconds} s of ${seconds} s, which proves too little`,
  );
  check(
    'evidence',
    !(excusedRequests > MOST_EXCUSED_REQUESTS * requests),
    `faults excuse ${excusedRequests} of ${requests} requests, which proves too little`,
  );
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
