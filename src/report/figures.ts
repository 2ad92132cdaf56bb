import type { ReportInput } from '../contract/activities';
import type { Sample } from '../contract/progress';
import type { Plan } from '../plan/schema';
import type { Report } from '../contract/report';

/** Seconds from one ISO time to another. */
export function secondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

/** Each sample with the seconds until the next one: the time for which it speaks. The last one speaks for none. */
function spans(samples: Sample[]): { sample: Sample; seconds: number }[] {
  return samples.slice(0, -1).map((sample, index) => ({
    sample,
    seconds: ((samples[index + 1]?.t ?? sample.t) - sample.t) / 1000,
  }));
}

function total(samples: Sample[], counts: (sample: Sample) => boolean): number {
  return spans(samples).reduce((sum, { sample, seconds }) => sum + (counts(sample) ? seconds : 0), 0);
}

/** Downtime as the apps saw it; undefined when no sample has anything from an app. */
export function downtime(samples: Sample[]): Report['figures']['downtime'] {
  const heard = samples.filter((sample) => Object.keys(sample.apps ?? {}).length > 0);
  if (heard.length === 0) return undefined;
  const stats = heard.flatMap((sample) => Object.values(sample.apps ?? {}));
  const silent = (sample: Sample) => Object.values(sample.apps ?? {}).every((app) => app.requests <= app.failed);
  return {
    seconds: total(heard, silent),
    failedRequests: stats.reduce((sum, app) => sum + app.failed, 0),
    requests: stats.reduce((sum, app) => sum + app.requests, 0),
    resolutionSeconds: spans(heard).reduce((most, { seconds }) => Math.max(most, seconds), 0),
  };
}

/** The report's figures. Nothing is guessed: what was not measured is left out. */
export function figures(plan: Plan, input: ReportInput): Report['figures'] {
  const { monthlyCostOld, monthlyCostNew, currency } = plan.report;
  const primaryBytes = input.cluster?.primaryBytes ?? 0;
  return {
    seconds: secondsBetween(input.startedAt, input.endedAt),
    downtime: downtime(input.samples),
    health: {
      samples: input.samples.length,
      belowGreenSeconds: total(input.samples, ({ health }) => health === 'yellow' || health === 'red'),
      unknownSeconds: total(input.samples, ({ health }) => health === 'unknown'),
    },
    bridgeBytes: input.bridgeBytes,
    bridgeRatio: input.bridgeBytes !== undefined && primaryBytes > 0 ? input.bridgeBytes / primaryBytes : undefined,
    savings:
      monthlyCostOld === undefined || monthlyCostNew === undefined
        ? undefined
        : {
            currency,
            oldPerMonth: monthlyCostOld,
            newPerMonth: monthlyCostNew,
            perMonth: monthlyCostOld - monthlyCostNew,
          },
  };
}
