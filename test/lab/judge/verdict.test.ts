import { parseEvents, startsSince } from '../../../lab/judge/journals';
import { offFronts, type AppPlaces } from '../../../lab/judge/places';
import type { JudgeEvidence } from '../../../lab/judge/types';
import { verdict } from '../../../lab/judge/verdict';
import { layoutHosts } from '../../../lab/layout';
import type { LabState } from '../../../lab/types';

const GOOD: JudgeEvidence = {
  requests: 30_000,
  failedRequests: 0,
  longestGapMs: 120,
  ackedWrites: 14_000,
  lostWrites: 0,
  duplicateWrites: 0,
  loadedDocuments: 100_000,
  lostDocuments: 0,
  ackedUpdates: 1_400,
  lostUpdates: 0,
  historyOperations: 900,
  historyProblems: [],
  lostLoaded: [],
  views: 1_500,
  badViews: [],
  loggedFalls: [],
  stoppedFull: [],
  p50Ms: 4,
  p99Ms: 40,
  ownP99Ms: 40,
  baselineP99Ms: 30,
  everBelowGreen: false,
  oldNodesRunning: 0,
  oldNodeStarts: { 'old-1': 0 },
  newNodeStarts: { 'new-1': 1 },
  appStarts: { 'app-1': 1 },
  leftovers: [],
  settingsLeft: [],
  secretsSeen: [],
  primaryBytes: 1e8,
  bridgeBytes: 1.1e8,
  seconds: 300,
  outcome: 'migrated',
  appsOnFronts: true,
  appsOffFronts: [],
  missing: [],
  longestGapMsPerHost: {},
  appPauses: { 'app-1': { steadyMs: 400, restartMs: 1_500 } },
  unendedRequests: 0,
  requestsPerHost: {},
  failures: [],
  lost: [],
  duplicates: [],
  belowGreen: [],
  healthSamples: 300,
  excuses: [],
  excusedRequests: 0,
  excusedFailures: [],
  excusedBelowGreenSeconds: 0,
  excusedSeconds: 0,
  baselineP50Ms: 4,
  baselineRequests: 2_000,
  baselineFailedRequests: 0,
  bridgeReceivedByNodes: 1.1e8,
  bridgeReceivedByHub: 0,
  bridgeBytesWhileMoving: 1.05e8,
  excusedBridgeBytes: 0,
  ordinaryBridgeBytes: 1e7,
  finalHealth: 'green',
  finalNodes: ['new-1'],
  startedAt: '2026-03-14T09:30:00.000Z',
  endedAt: '2026-03-14T09:35:00.000Z',
};
const judged = (change: Partial<JudgeEvidence>, mode: 'migrated' | 'rolled-back' = 'migrated') =>
  verdict({ ...GOOD, ...change }, { minRequests: 20_000, mode });

describe('the verdict', () => {
  it('is good when every promise was kept', () => {
    expect(judged({})).toEqual({ ok: true, broken: [] });
    expect(judged({ outcome: 'rolled-back', oldNodesRunning: 3, appsOnFronts: false }, 'rolled-back').ok).toBe(true);
  });

  it.each<[Partial<JudgeEvidence>, string]>([
    [{ requests: 19_999 }, 'there were 19999 requests'],
    [{ failedRequests: 1, failures: ['app-1: write: 503'] }, '1 of 30000 requests failed: app-1: write: 503'],
    [{ longestGapMs: 2_001 }, 'no app host had a success for 2001 ms'],
    [{ ackedWrites: 0 }, 'no acknowledged write'],
    [{ lostWrites: 1, lost: ['w-1 is not there'] }, '1 of 14000 acknowledged writes are lost: w-1'],
    [{ duplicateWrites: 2, duplicates: ['w-1', 'w-2'] }, '2 writes are there twice: w-1 (and 1 more listed)'],
    [{ everBelowGreen: true, belowGreen: ['new-1 says yellow'] }, 'not green all the time: new-1 says yellow'],
    [{ oldNodesRunning: 1 }, 'still runs on 1 old hosts'],
    [{ oldNodeStarts: { 'old-1': 0, 'old-2': 1 } }, 'started more often than needed: old-2 1 times'],
    [{ newNodeStarts: { 'new-1': 2 } }, 'started more often than needed: new-1 2 times'],
    [{ appStarts: { 'app-1': 2 } }, 'started more often than needed: app-1 2 times'],
    [{ excuses: [{ from: 0, to: 300_001, reason: 'a dead node' }] }, "can't excuse so long a time: a dead node"],
    [{ leftovers: ['hub: device tun0: none → there'] }, '1 things were left on hosts: hub: device tun0'],
    [{ missing: ['new-1: unit haproxy.service is none'] }, 'not as it must be: new-1'],
    [{ appsOnFronts: false, appsOffFronts: ['app-1 names http://x'] }, 'not every app is on the fronts: app-1'],
    [{ bridgeBytes: 0 }, 'no byte was seen on the bridge'],
    [{ finalHealth: 'yellow' }, 'the final cluster is yellow'],
    [{ outcome: 'rolled-back' }, 'judged as rolled-back'],
    [{ baselineP99Ms: Number.NaN }, 'baselineP99Ms is not known'],
    [{ ownP99Ms: 4_501 }, '99 of 100 requests took up to 4501 ms, before 30 ms'],
    [{ appPauses: { 'app-2': { steadyMs: 5_001, restartMs: 0 } } }, 'app-2 had no success for 5001 ms'],
    [{ appPauses: { 'app-2': { steadyMs: 0, restartMs: 15_001 } } }, 'app-2 had no success for 15001 ms at a restart'],
    [{ bridgeBytesWhileMoving: 1.8e8 }, '180000000 bytes crossed while shards moved'],
    [{ excusedSeconds: 181 }, 'faults excuse 181 s of 300 s'],
    [{ excusedRequests: 6_001 }, 'faults excuse 6001 of 30000 requests'],
  ])('says of %j: %s', (change, words) => {
    const { ok, broken } = judged(change);
    expect(ok).toBe(false);
    expect(broken).toEqual([expect.stringContaining(words)]);
  });
});

describe('starts that a fault causes', () => {
  const restarted = { ...GOOD, oldNodeStarts: { 'old-1': 1 }, outcome: 'rolled-back' as const };
  const broken = (faultStarts: Record<string, number>) =>
    verdict(restarted, { minRequests: 20_000, mode: 'rolled-back', faultStarts }).broken;

  it('are not held against the move, and no other start is excused by them', () => {
    expect(broken({ 'old-1': 1 })).toEqual([]);
    expect(broken({ 'old-2': 1 })).toEqual(['moved: started more often than needed: old-1 1 times']);
  });
});

describe('starts and stops of a service', () => {
  const line = (t: string, id: string) => `{"__REALTIME_TIMESTAMP":"${t}","MESSAGE_ID":"${id}"}\n`;
  const [start, stop] = ['39f53479d3a045ac8e11786248231fbf', 'de5b426a63be47a7b6ac3eaac82e2f6f'];
  const journal = line('1767000100000000', start) + line('1767000050000000', stop) + line('1767000000000000', start);

  it('are told in order, and starts counted since the start mark', () => {
    const events = parseEvents('old-1', journal);
    expect(events.map(({ what }) => what)).toEqual(['started', 'stopping', 'started']);
    expect(startsSince(events, ['old-1', 'old-2'], 1767000200000)).toEqual({ 'old-1': 0, 'old-2': 0 });
    expect(startsSince(events, ['old-1'], 1767000100000)).toEqual({ 'old-1': 1 });
  });

  it('are not guessed', () => {
    expect(() => parseEvents('old-1', line('1767000000000000', 'other'))).toThrow("can't be understood");
    expect(() => parseEvents('old-1', '{"MESSAGE_ID":"39f53479d3a045ac8e11786248231fbf"}')).toThrow('old-1');
  });
});

describe('apps on fronts', () => {
  const lab = { hosts: layoutHosts({ old: 1, new: 2, shape: 'plain' }) } as LabState;
  const good: AppPlaces = {
    host: 'app-1',
    endpoints: ['https://198.18.2.11:9243', 'https://198.18.2.12:9243'],
    peers: ['198.18.2.11:9243', '127.0.0.1:50000'],
  };

  it('is content with fronts only', () => expect(offFronts([good], lab)).toEqual([]));

  it.each<[Partial<AppPlaces>, string]>([
    [{ endpoints: [] }, 'app-1 names no endpoint'],
    [{ endpoints: ['http://198.18.2.11:9200'] }, 'app-1 names http://198.18.2.11:9200'],
    [{ endpoints: ['https://198.18.1.11:9243'] }, 'app-1 names https://198.18.1.11:9243'],
    [{ peers: ['198.18.2.11:9243', '198.18.1.11:9200'] }, 'app-1 is connected to 198.18.1.11:9200'],
    [{ peers: ['198.18.2.11:9243', '198.18.2.12:9200'] }, 'app-1 is connected to 198.18.2.12:9200'],
    [{ peers: [] }, 'app-1 has no connection to any front'],
  ])('finds %j', (change, words) => expect(offFronts([{ ...good, ...change }], lab)).toEqual([words]));
});
