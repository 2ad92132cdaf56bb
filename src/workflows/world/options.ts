import type { ActivityOptions } from '@temporalio/workflow';
import { FAILURES } from '../../contract/failures';
import type { Kind } from '../../contract/activities/catalogue';
import type { SideActivities } from '../../contract/side-activities';
import type { Plan } from '../../plan/schema';

/** Failures that a retry can't cure. StepFailed and ProofFailed get a few tries: a service needs time to come up. */
const NEVER_RETRIED = [
  FAILURES.INVALID_PLAN,
  FAILURES.PREFLIGHT_FAILED,
  FAILURES.SSH_REFUSED,
  FAILURES.SECRET_MISSING,
  FAILURES.CLUSTER_REFUSED,
  FAILURES.APP_RETURNED,
  FAILURES.NOT_HELD,
  FAILURES.NOT_ASKED,
  FAILURES.OTHER_RUN,
  FAILURES.NO_SUCH_HOST,
];

const MINUTES = 60;
const HOURS = 60 * MINUTES;

/** Seconds that a request to the cluster may take, for which the limits below are made. */
const USUAL_REQUEST_SECONDS = 30;

/** Longest time of one call of `observe`, in seconds, when the plan's samples are not further apart than that. */
export const LONGEST_WATCH_SECONDS = 10 * MINUTES;

/** How long one attempt may take (`attempt`) and all of them together (`all`), in seconds. */
function timeLimits(kind: Kind, plan: Plan): { attempt: number; all: number } {
  switch (kind) {
    // A person waits for the answer; an unreachable host must not hold it up for long.
    case 'preflight':
      return { attempt: 5 * MINUTES, all: 15 * MINUTES };
    // Longer than a reboot of hub and hosts together, so that a look heals by itself.
    case 'look':
      return { attempt: 10 * MINUTES, all: 1 * HOURS };
    // Packages come from slow mirrors, and another package manager may hold its lock.
    case 'change':
      return { attempt: 20 * MINUTES, all: 2 * HOURS };
    // The same, and an app may take its check time twice: that an earlier try restarted it is looked at first.
    case 'undo': {
      const check = longestCheck(plan);
      return { attempt: 2 * check + 30 * MINUTES, all: 2 * check + 2 * HOURS };
    }
    // An app may take its whole check time twice, forward and back, and is then watched.
    case 'app': {
      const attempt = 2 * longestCheck(plan) + plan.switch.watchSeconds + 10 * MINUTES;
      return { attempt, all: attempt + 1 * HOURS };
    }
    // Returns after sampleSeconds or with its proofs; shards may be out of reach for a night, and nobody need wake up.
    case 'move': {
      const proofs = plan.replicate.proofs * plan.replicate.proofIntervalSeconds;
      return { attempt: 2 * (plan.sampleSeconds + proofs) + 10 * MINUTES, all: 24 * HOURS };
    }
    case 'sample': {
      const attempt = Math.max(LONGEST_WATCH_SECONDS, plan.sampleSeconds) + 10 * MINUTES;
      return { attempt, all: 24 * HOURS };
    }
    // Someone wants it now; it is tried again with the next wish.
    case 'knob':
      return { attempt: 1 * MINUTES, all: 10 * MINUTES };
    // Only files on the worker: what fails three times needs a person.
    case 'report':
      return { attempt: 2 * MINUTES, all: 10 * MINUTES };
  }
}

/** Requests that an attempt may make one after the other, counted in such as are not heavy. */
const REQUESTS_IN_A_ROW = 12;

/** Seconds more that an attempt may take on a cluster whose answers take longer than usual. */
function slowness({ elasticsearch }: Plan): number {
  // The plan of a drain that an older release has started does not say it.
  const { requestSeconds = USUAL_REQUEST_SECONDS }: Partial<Plan['elasticsearch']> = elasticsearch;
  return REQUESTS_IN_A_ROW * Math.max(0, requestSeconds - USUAL_REQUEST_SECONDS);
}

/** The longest time that an app of the plan may take to be well, in seconds. */
function longestCheck(plan: Plan): number {
  return Math.max(...plan.hosts.apps.map((app) => app.checkSeconds));
}

/** Longest time for all attempts of what is done beside a migration, in seconds. */
const SIDE_SECONDS: Record<keyof SideActivities, number> = {
  notify: 1 * HOURS,
  registered: 1 * MINUTES,
  askParent: 1 * HOURS,
};

/**
 * Time-outs and retries of what is done beside a migration. A slow receiver of a notice is tried again, a dead one is given
 * up after an hour; what the server does not say in a minute is not asked again, but for a drain that waits for its answer.
 */
export function sideOptions(name: keyof SideActivities): ActivityOptions {
  return {
    startToCloseTimeout: 1 * MINUTES * 1000,
    scheduleToCloseTimeout: SIDE_SECONDS[name] * 1000,
    heartbeatTimeout: 60_000,
    retry: {
      initialInterval: 5_000,
      backoffCoefficient: 2,
      maximumInterval: 5 * MINUTES * 1000,
      nonRetryableErrorTypes: NEVER_RETRIED,
    },
  };
}

/**
 * Time-outs, heartbeat and retries of an activity, by its kind; the one place where they are chosen.
 * All activities heartbeat by themselves every 5 s (src/activities/guard.ts), so a dead worker is noticed in a minute
 * although an attempt may take long. When all time is used up, the run waits for a person; it never gives up by itself.
 */
export function activityOptions(kind: Kind, plan: Plan): ActivityOptions {
  const { attempt, all } = timeLimits(kind, plan);
  const slow = slowness(plan);
  return {
    startToCloseTimeout: (attempt + slow) * 1000,
    scheduleToCloseTimeout: (all + slow) * 1000,
    heartbeatTimeout: 60_000,
    // A step that is under way on a host must have ended before its undo begins.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: {
      initialInterval: 1000,
      backoffCoefficient: 2,
      maximumInterval: 30_000,
      ...(kind === 'preflight' || kind === 'report' ? { maximumAttempts: 3 } : {}),
      nonRetryableErrorTypes: NEVER_RETRIED,
    },
  };
}
