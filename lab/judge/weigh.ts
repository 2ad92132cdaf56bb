import { hostsOf } from '../layout';
import { countBridgeBytes } from './bridge-bytes';
import type { Collected } from './collected';
import { countHealth } from './health';
import { startsSince } from './journals';
import { leftovers, missing } from './leftovers';
import { offFronts } from './places';
import { countRequests } from './requests';
import { lengthWithin } from './spans';
import type { JudgeEvidence } from './types';
import { countWrites } from './writes';

/** Makes the evidence of what was collected. @throws Error when what is needed can't be known */
export async function weigh(collected: Collected): Promise<JudgeEvidence> {
  const { lab, mode, from, to, excuses, requests, looks, before, after, units, places } = collected;
  const names = (role: 'hub' | 'old' | 'new' | 'app') => hostsOf(lab.hosts, role).map(({ name }) => name);
  const baseline = countRequests(requests, collected.watchedFrom, from);
  const off = offFronts(places, lab);
  return {
    ...countRequests(requests, from, to, excuses, units.app),
    ...(await countWrites(
      collected.ledger.filter(({ t }) => t <= to),
      collected.documents,
    )),
    ...countHealth(looks, lab.clusterName, new Set([...names('old'), ...names('new')]), from, to, excuses),
    excuses,
    excusedSeconds: Math.round(lengthWithin({ from, to }, excuses) / 1000),
    ...countBridgeBytes(looks, names('hub')[0] ?? '', excuses),
    finalHealth: collected.finalHealth,
    finalNodes: collected.finalNodes,
    baselineP50Ms: baseline.p50Ms,
    baselineP99Ms: baseline.p99Ms,
    baselineRequests: baseline.requests,
    baselineFailedRequests: baseline.failedRequests,
    oldNodesRunning: collected.oldNodesRunning,
    oldNodeStarts: startsSince(units.old, names('old'), from),
    newNodeStarts: startsSince(units.new, names('new'), from),
    appStarts: startsSince(units.app, names('app'), from),
    leftovers: leftovers(before, after, lab.hosts, mode),
    missing: missing(after, lab.hosts, mode),
    primaryBytes: collected.primaryBytes,
    seconds: (to - from) / 1000,
    outcome: mode,
    appsOnFronts: off.length === 0,
    appsOffFronts: off,
    startedAt: new Date(from).toISOString(),
    endedAt: new Date(to).toISOString(),
  };
}
