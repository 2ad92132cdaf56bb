import { checkEvidence, checkReport } from '../e2e/promises';

const kept = {
  requests: 25_000,
  failedRequests: 0,
  longestGapMs: 310,
  ackedWrites: 12_000,
  lostWrites: 0,
  duplicateWrites: 0,
  p50Ms: 3,
  p99Ms: 40,
  unendedRequests: 0,
  appPauses: { 'app-1': { steadyMs: 310, restartMs: 1_400 } },
  baselineP99Ms: 30,
  everBelowGreen: false,
  oldNodesRunning: 0,
  oldNodeStarts: { 'old-1': 0, 'old-2': 0 },
  leftovers: [],
  settingsLeft: [],
  secretsSeen: [],
  badViews: [],
  loggedFalls: [],
  stoppedFull: [],
  loadedDocuments: 100_000,
  lostDocuments: 0,
  ackedUpdates: 900,
  lostUpdates: 0,
  historyOperations: 900,
  historyProblems: [],
  primaryBytes: 100_000_000,
  bridgeBytes: 220_000_000,
  bridgeBytesWhileMoving: 110_000_000,
  seconds: 240,
  appsOnFronts: true,
  healthSamples: 240,
};

const broken = (evidence: unknown) => checkEvidence(evidence).filter(({ ok }) => !ok);

describe('the evidence of a demo', () => {
  test('keeps every promise', () => {
    expect(broken(kept)).toEqual([]);
  });

  test.each([
    ['no request failed', { failedRequests: 1 }],
    ['the apps made at least 20000 requests', { requests: 19_999 }],
    ['no pause was longer than 2000 ms', { longestGapMs: 2001 }],
    ['every request that was begun ended', { unendedRequests: 1 }],
    ['each app was watched by itself', { appPauses: {} }],
    ['writes were acknowledged', { ackedWrites: 0 }],
    ['no acknowledged write is missing', { lostWrites: 1 }],
    ['no loaded document is missing or changed', { lostDocuments: 1 }],
    ['no acknowledged update is missing', { lostUpdates: 1 }],
    ['an order of all writes explains every read and every swap', { historyProblems: ['x was overtaken'] }],
    ['an order of all writes explains every read and every swap', { historyOperations: 0 }],
    ['the nodes were one whole cluster', { badViews: ['two masters'] }],
    ['no master saw less than green', { loggedFalls: ['yellow'] }],
    ['every node was empty when it was stopped', { stoppedFull: ['old-1'] }],
    ['nothing was done without a word', { withoutWord: ['old-1'] }],
    ['no secret is in what the run left', { secretsSeen: ['worker.log'] }],
    ['the cluster is set as it was', { settingsLeft: ['transient: x'] }],
    ['no write was done twice', { duplicateWrites: 1 }],
    ['no old node was restarted', { oldNodeStarts: { 'old-1': 0, 'old-2': 1 } }],
    ['no old node was restarted', { oldNodeStarts: {} }],
    ['the cluster was never below green', { everBelowGreen: true }],
    ['no old node runs', { oldNodesRunning: 1 }],
    ['both apps use the fronts', { appsOnFronts: false }],
    ['nothing of ours is left', { leftovers: ['old-1: a rule'] }],
    ['each byte crossed the bridge once', { bridgeBytesWhileMoving: 150_000_000 }],
    ['each byte crossed the bridge once', { bridgeBytesWhileMoving: 0 }],
  ])('breaks "%s"', (promise, change) => {
    expect(broken({ ...kept, ...change }).map((assertion) => assertion.promise)).toEqual([promise]);
  });

  test('breaks every promise when it is missing, or a field of it is', () => {
    const { lostWrites: _, ...rest } = kept;
    for (const evidence of [undefined, {}, rest, { ...kept, requests: null }, { ...kept, longestGapMs: '3' }]) {
      expect(broken(evidence)).toHaveLength(checkEvidence(kept).length);
    }
    expect(broken(rest)[0]?.seen).toContain('lostWrites');
  });
});

describe('the report of a demo', () => {
  test('is there and says migrated', () => {
    expect(checkReport({ outcome: 'migrated' }, 50_000).every(({ ok }) => ok)).toBe(true);
  });

  test.each([
    [undefined, 50_000],
    [{ outcome: 'failed' }, 50_000],
    [{ outcome: 'migrated' }, 0],
  ])('is refused when it is %j of %d bytes', (report, bytes) => {
    expect(checkReport(report, bytes).filter(({ ok }) => !ok)).toHaveLength(1);
  });
});
