import { hostsOf } from '../layout';
import { countBridgeBytes } from './bridge-bytes';
import type { Collected } from './collected';
import { countHealth, statusOf } from './health';
import { checkHistory, operationsOf } from './history';
import { startsSince } from './journals';
import { countLoaded, loweredCopies } from './loaded';
import { leftovers, missing } from './leftovers';
import { fallsWithin } from './masters-log';
import { offFronts } from './places';
import { countRequests } from './requests';
import { settingsLeft } from './settings';
import { lengthWithin } from './spans';
import { stoppedFull, withoutWord } from './stops';
import type { JudgeEvidence } from './types';
import { countViews } from './views';
import { countWrites } from './writes';

/** Makes the evidence of what was collected. @throws Error when what is needed can't be known */
export async function weigh(collected: Collected): Promise<JudgeEvidence> {
  const { lab, mode, from, to, excuses, requests, looks, before, after, units, places } = collected;
  const names = (role: 'hub' | 'old' | 'new' | 'app') => hostsOf(lab.hosts, role).map(({ name }) => name);
  const baseline = countRequests(requests, collected.watchedFrom, from);
  const nodes = new Set([...names('old'), ...names('new')]);
  const { words } = collected;
  const deeds = { mode, from, to, excuses, units, looks, bridged: new Set([...names('hub'), ...names('new')]) };
  const off = offFronts(places, lab);
  const copies = copiesBefore(collected);
  const lowered = loweredCopies(collected.loaded, collected.replicas);
  const rebuilt = mode === 'rolled-back' && lowered > 0 ? { before: copies, lowered } : undefined;
  return {
    ...countRequests(requests, from, to, excuses, units.app),
    ...(await countWrites(
      collected.ledger.filter(({ t }) => t <= to),
      collected.documents,
    )),
    ...(await countLoaded(collected.loaded, collected.updates, collected.documents)),
    ...checkHistory(operationsOf(collected.history), collected.registers),
    ...countHealth(looks, lab.clusterName, nodes, from, to, excuses, rebuilt),
    ...countViews(looks, {
      ...{ from, to, excuses, nodes, clusterName: lab.clusterName, units: [...units.old, ...units.new] },
      copies: copies - lowered,
      least: Math.min(names('old').length, names('new').length),
    }),
    loggedFalls: fallsWithin(collected.falls, { from, to }, excuses),
    stoppedFull: stoppedFull(deeds),
    ...(words && { words, withoutWord: withoutWord(words, deeds) }),
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
    secretsSeen: collected.secretsSeen,
    // What the plan asked for stays where it was migrated, and is taken back with a rollback.
    settingsLeft: settingsLeft(
      collected.settings.before,
      collected.settings.after,
      mode === 'migrated' ? collected.replicas : {},
    ),
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

/** Copies that the cluster had before the start; NaN when nobody told, which no later look can reach. */
function copiesBefore({ looks, lab, from }: Collected): number {
  const counts = looks
    .filter((look) => look.to <= from && statusOf(look, lab.clusterName) !== undefined)
    .map((look) => Number((look.body as Record<string, unknown>)['active_shards']));
  return counts.length === 0 ? Number.NaN : Math.max(...counts);
}
