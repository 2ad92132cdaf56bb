import type { ReportInput } from '../contract/activities';
import type { Plan } from '../plan/schema';
import { bytes, count, counted, duration, list, money, ratio, withoutEnd } from '../text/format';
import { secondsBetween } from './figures';
import type { Report } from '../contract/report';

/** What the sentences are made of. */
export interface VerdictInput {
  plan: Plan;
  input: ReportInput;
  figures: Report['figures'];
  /** Number of changes that were undone, and of those that are still there. */
  undone: number;
  stays: number;
}

/** Says in plain words what happened: a headline and further sentences. */
export function verdict(from: VerdictInput): Report['verdict'] {
  return { headline: headline(from), sentences: sentences(from).filter((sentence) => sentence !== undefined) };
}

function headline({ plan, input, figures }: VerdictInput): string {
  const name = plan.elasticsearch.clusterName;
  const took = duration(figures.seconds);
  switch (input.outcome) {
    case 'migrated':
      return `The cluster “${name}” moved to its new servers in ${took}.`;
    case 'rolled-back':
      return `The migration of “${name}” was rolled back after ${took}; the cluster is on its old servers.`;
    case 'failed':
      return `The migration of “${name}” failed in phase ${lastPhase(input)}, after ${took}.`;
  }
}

function sentences(from: VerdictInput): (string | undefined)[] {
  const { plan, input, figures } = from;
  const because = input.reason === undefined ? undefined : `${capital(withoutEnd(input.reason, ' .\n'))}.`;
  const after = input.outcome === 'migrated' ? undefined : whatIsLeft(from);
  return [
    because,
    input.rollback && wentBack(input.rollback),
    ...(input.givenUp ?? []).map(
      ({ host, by, reason }) => `${host} was given up by ${by}: ${withoutEnd(reason, ' .\n')}.`,
    ),
    input.outcome === 'migrated' ? whatMoved(plan, input) : undefined,
    downtime(figures, input),
    health(figures),
    bridgeTraffic(input, figures),
    input.outcome === 'migrated' ? savings(figures) : undefined,
    after,
    input.outcome === 'rolled-back' ? input.proof?.proven : undefined,
  ];
}

function wentBack({ from, at, stages }: NonNullable<ReportInput['rollback']>): string | undefined {
  const last = stages.at(-1);
  if (!last) return undefined;
  return `From phase ${from} the way back took ${duration(secondsBetween(at, last.endedAt))}.`;
}

function whatMoved(plan: Plan, { cluster }: ReportInput): string {
  const hosts = `from ${list(plan.hosts.old.map((host) => host.name))} to ${list(plan.hosts.new.map((host) => host.name))}`;
  if (!cluster) return `It moved ${hosts}.`;
  const what = `${counted(cluster.documents, 'document')} in ${counted(cluster.indices, 'index', 'indices')}`;
  return `${what} (${bytes(cluster.primaryBytes)} of primaries, Elasticsearch ${cluster.version}) moved ${hosts}.`;
}

function downtime({ downtime: seen }: Report['figures'], { samples }: ReportInput): string {
  if (!seen) {
    return samples.length === 0
      ? 'Downtime was not measured: it ended before the first sample.'
      : 'Downtime was not measured: no app in the plan has a “stats” command.';
  }
  // No total: the windows of an app's own counts may overlap.
  const requests = `the apps reported ${seen.failedRequests === 0 ? 'no' : count(seen.failedRequests)} failed ${seen.failedRequests === 1 ? 'request' : 'requests'}`;
  if (seen.seconds === 0 && seen.failedRequests === 0) return `No downtime: ${requests}.`;
  return `Downtime was ${seen.seconds === 0 ? 'none as a whole, but' : `about ${duration(seen.seconds)}:`} ${requests}.`;
}

function health({ health: seen }: Report['figures']): string | undefined {
  if (seen.samples === 0) return undefined;
  const unknown = seen.unknownSeconds > 0 ? `; for ${duration(seen.unknownSeconds)} nobody answered` : '';
  if (seen.belowGreenSeconds > 0)
    return `The cluster was below green for ${duration(seen.belowGreenSeconds)}${unknown}.`;
  return `The cluster was green in ${unknown === '' ? 'every' : 'every answered'} sample${unknown}.`;
}

function bridgeTraffic({ cluster }: ReportInput, { bridgeBytes, bridgeRatio }: Report['figures']): string | undefined {
  if (bridgeBytes === undefined) return undefined;
  if (bridgeRatio === undefined || !cluster) return `${bytes(bridgeBytes)} crossed the bridge.`;
  return `${bytes(bridgeBytes)} crossed the bridge: ${ratio(bridgeRatio)} the bytes of the primaries.`;
}

function savings({ savings: saved }: Report['figures']): string | undefined {
  if (!saved) return undefined;
  if (saved.perMonth < 0) return `The new servers cost ${money(-saved.perMonth, saved.currency)} a month more.`;
  return `This saves ${money(saved.perMonth, saved.currency)} a month.`;
}

function whatIsLeft({ input, undone, stays, plan }: VerdictInput): string {
  if (undone === 0 && stays === 0) return 'Nothing was changed on any host.';
  if (stays === 0) return `All ${counted(undone, 'recorded change')} were undone; nothing is left.`;
  const left = `${counted(stays, 'change')} ${stays === 1 ? 'is' : 'are'} still there`;
  return input.outcome === 'failed'
    ? `${left}, each with its undo on its host under /var/lib/bigswitch/${plan.name}.`
    : `${left}; they are listed below.`;
}

function lastPhase({ phases }: ReportInput): string {
  const before = phases.filter(({ phase }) => phase !== 'report');
  return before[before.length - 1]?.phase ?? 'preflight';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
