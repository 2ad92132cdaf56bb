import { z } from 'zod';

/** One promise held against what was seen. */
export interface Assertion {
  promise: string;
  ok: boolean;
  seen: string;
}

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

/** What the lab's judge writes; it may write more. */
const evidenceSchema = z.looseObject({
  requests: count,
  failedRequests: count,
  longestGapMs: milliseconds,
  ackedWrites: count,
  lostWrites: count,
  duplicateWrites: count,
  p50Ms: milliseconds,
  p99Ms: milliseconds,
  unendedRequests: count,
  appPauses: z.record(z.string(), z.looseObject({ steadyMs: milliseconds, restartMs: milliseconds })),
  baselineP99Ms: milliseconds,
  everBelowGreen: z.boolean(),
  oldNodesRunning: count,
  oldNodeStarts: z.record(z.string(), count),
  leftovers: z.array(z.string()),
  settingsLeft: z.array(z.string()),
  secretsSeen: z.array(z.string()),
  badViews: z.array(z.string()),
  loggedFalls: z.array(z.string()),
  stoppedFull: z.array(z.string()),
  withoutWord: z.array(z.string()).default([]),
  loadedDocuments: count,
  lostDocuments: count,
  ackedUpdates: count,
  lostUpdates: count,
  historyOperations: count,
  historyProblems: z.array(z.string()),
  primaryBytes: count,
  bridgeBytes: count,
  bridgeBytesWhileMoving: count,
  seconds: z.number().positive(),
  appsOnFronts: z.boolean(),
});

type DemoEvidence = z.infer<typeof evidenceSchema>;

/** Fewer requests than this would prove little. */
const MIN_REQUESTS = 20_000;
/** Longest time without a successful request that an app may see, in milliseconds. */
const MAX_GAP_MS = 2000;

const PROMISES: [promise: string, holds: (e: DemoEvidence) => boolean, seen: (e: DemoEvidence) => string][] = [
  ['no request failed', (e) => e.failedRequests === 0, (e) => `${e.failedRequests} of ${e.requests}`],
  [`the apps made at least ${MIN_REQUESTS} requests`, (e) => e.requests >= MIN_REQUESTS, (e) => `${e.requests}`],
  [`no pause was longer than ${MAX_GAP_MS} ms`, (e) => e.longestGapMs <= MAX_GAP_MS, (e) => `${e.longestGapMs} ms`],
  ['every request that was begun ended', (e) => e.unendedRequests === 0, (e) => `${e.unendedRequests} did not`],
  ['each app was watched by itself', (e) => Object.keys(e.appPauses).length > 0, (e) => JSON.stringify(e.appPauses)],
  ['writes were acknowledged', (e) => e.ackedWrites > 0, (e) => `${e.ackedWrites}`],
  ['no acknowledged write is missing', (e) => e.lostWrites === 0, (e) => `${e.lostWrites}`],
  [
    'no loaded document is missing or changed',
    (e) => e.loadedDocuments > 0 && e.lostDocuments === 0,
    (e) => `${e.lostDocuments} of ${e.loadedDocuments}`,
  ],
  [
    'no acknowledged update is missing',
    (e) => e.ackedUpdates > 0 && e.lostUpdates === 0,
    (e) => `${e.lostUpdates} of ${e.ackedUpdates}`,
  ],
  [
    'an order of all writes explains every read and every swap',
    (e) => e.historyOperations > 0 && e.historyProblems.length === 0,
    (e) => `${e.historyProblems[0] ?? 'all'} of ${e.historyOperations}`,
  ],
  ['no write was done twice', (e) => e.duplicateWrites === 0, (e) => `${e.duplicateWrites}`],
  [
    'the cluster was never below green',
    (e) => !e.everBelowGreen,
    (e) => (e.everBelowGreen ? 'it was' : 'always green'),
  ],
  ['the nodes were one whole cluster', (e) => e.badViews.length === 0, (e) => e.badViews.join('; ') || 'always'],
  ['no master saw less than green', (e) => e.loggedFalls.length === 0, (e) => e.loggedFalls.join('; ') || 'none'],
  [
    'every node was empty when it was stopped',
    (e) => e.stoppedFull.length === 0,
    (e) => e.stoppedFull.join('; ') || 'yes',
  ],
  ['nothing was done without a word', (e) => e.withoutWord.length === 0, (e) => e.withoutWord.join('; ') || 'yes'],
  ['no old node runs', (e) => e.oldNodesRunning === 0, (e) => `${e.oldNodesRunning}`],
  [
    'no old node was restarted',
    (e) => Object.keys(e.oldNodeStarts).length > 0 && Object.values(e.oldNodeStarts).every((starts) => starts === 0),
    (e) => JSON.stringify(e.oldNodeStarts),
  ],
  ['both apps use the fronts', (e) => e.appsOnFronts, (e) => (e.appsOnFronts ? 'yes' : 'no')],
  ['nothing of ours is left', (e) => e.leftovers.length === 0, (e) => e.leftovers.join('; ') || 'nothing'],
  ['no secret is in what the run left', (e) => e.secretsSeen.length === 0, (e) => e.secretsSeen.join('; ') || 'none'],
  ['the cluster is set as it was', (e) => e.settingsLeft.length === 0, (e) => e.settingsLeft.join('; ') || 'yes'],
  ['data crossed the bridge', (e) => e.primaryBytes > 0 && e.bridgeBytes > 0, (e) => `${e.bridgeBytes} bytes`],
  // Whole nodes moved by exclusion would send every copy: at least twice the primaries with one replica.
  [
    'each byte crossed the bridge once',
    (e) => e.bridgeBytesWhileMoving > 0 && e.bridgeBytesWhileMoving < 1.5 * e.primaryBytes,
    (e) => `while shards moved, ${(e.bridgeBytesWhileMoving / e.primaryBytes).toFixed(2)} times the primaries' bytes`,
  ],
];

/** Holds every promise against the judge's evidence; what is missing or unreadable breaks all of them at once. */
export function checkEvidence(evidence: unknown): Assertion[] {
  const parsed = evidenceSchema.safeParse(evidence);
  const readable = {
    promise: 'the evidence is there and complete',
    ok: parsed.success,
    seen: parsed.success ? 'yes' : describe(parsed.error),
  };
  return [
    readable,
    ...PROMISES.map(([promise, holds, seen]) =>
      parsed.success
        ? { promise, ok: holds(parsed.data), seen: seen(parsed.data) }
        : { promise, ok: false, seen: 'unknown' },
    ),
  ];
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'evidence.json'}: ${issue.message}`).join('; ');
}

/** Holds what was promised of the report against its files. @param htmlBytes size of report.html, 0 when it is missing */
export function checkReport(report: unknown, htmlBytes: number): Assertion[] {
  const parsed = z.looseObject({ outcome: z.string() }).safeParse(report);
  return [
    {
      promise: 'report.json says that the cluster was migrated',
      ok: parsed.success && parsed.data.outcome === 'migrated',
      seen: parsed.success ? parsed.data.outcome : 'no readable report.json',
    },
    { promise: 'report.html is there', ok: htmlBytes > 10_000, seen: `${htmlBytes} bytes` },
  ];
}
