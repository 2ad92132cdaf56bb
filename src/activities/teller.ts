import type { Context, Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { msOptionalToNumber } from '@temporalio/common/lib/time';
import { CATALOGUE, type ActivityName } from '../contract/activities';
import { HEAR_TRIES, MOST_TRIES, TRIED_SIGNAL, type Tried, type TriesTold } from '../contract/trying';
import { cut } from '../text/harmless';

/** When a run is told, in milliseconds. */
export interface TellerWaits {
  /** After the first failure: what works by then is not worth an event. */
  firstMs: number;
  /** Between one time and the next. */
  everyMs: number;
}

/** Each time is a few events of the run's history, however many activities fail. */
const WAITS: TellerWaits = { firstMs: 5_000, everyMs: 60_000 };

/** Longest reason that a run is told, in characters. */
const LONGEST_WHY = 500;

/** What one run has not been told yet, by activity; from the first failure on until a time in which nothing has failed. */
type Untold = Map<string, Tried>;

/** Tells each run what its activities try again: a workflow is not told of that by Temporal (docs/decisions/0038). */
export class Teller {
  private readonly runs = new Map<string, Untold>();

  constructor(private readonly waits: TellerWaits = WAITS) {}

  /** An attempt has ended, with this error or well. It never throws, and nothing waits for what is told. */
  attemptEnded(context: Context, input: unknown, error?: unknown): void {
    const { activityId, workflowExecution, workflowType = '' } = context.info;
    if (!workflowExecution || !HEAR_TRIES.includes(workflowType)) return;
    const { workflowId, runId } = workflowExecution;
    const key = `${workflowId}/${runId}`;
    const why = whyAgain(context, error);
    if (why === undefined) {
      this.runs.get(key)?.delete(activityId);
      return;
    }
    const untold = this.runs.get(key) ?? new Map<string, Tried>();
    untold.set(activityId, triedOf(context.info, input, why));
    if (this.runs.has(key)) return;
    this.runs.set(key, untold);
    const signal = async (told: TriesTold) =>
      context.client.workflow.getHandle(workflowId, runId).signal(TRIED_SIGNAL, told);
    this.tellIn(this.waits.firstMs, key, signal);
  }

  private tellIn(milliseconds: number, key: string, signal: (told: TriesTold) => Promise<void>): void {
    const tell = () => {
      const tries = [...(this.runs.get(key)?.values() ?? [])].slice(0, MOST_TRIES);
      if (tries.length === 0) {
        this.runs.delete(key);
        return;
      }
      this.runs.get(key)?.clear();
      // A run that has ended, or a server that is away: what fails then is told the next time.
      signal({ tries }).catch(() => undefined);
      this.tellIn(this.waits.everyMs, key, signal);
    };
    setTimeout(tell, milliseconds).unref();
  }
}

/** Why the attempt is made again; undefined where it is not, or where the run does not wait for it. */
function whyAgain({ info, cancellationDetails }: Context, error: unknown): string | undefined {
  const [kind] = CATALOGUE[info.activityType as ActivityName] ?? [];
  if (kind === undefined || kind === 'sample') return undefined;
  const { maximumAttempts, nonRetryableErrorTypes = [] } = info.retryPolicy ?? {};
  // The server says 0 where there is no limit.
  if (error === undefined || info.attempt >= (maximumAttempts || Infinity)) return undefined;
  if (error instanceof ApplicationFailure) {
    const lasting = error.nonRetryable || nonRetryableErrorTypes.includes(error.type ?? '');
    return lasting ? undefined : cut(error.message, LONGEST_WHY);
  }
  const givenUp = cancellationDetails?.timedOut || cancellationDetails?.notFound;
  return givenUp ? 'the try before took too long, or its worker was not heard of' : undefined;
}

function triedOf(info: Info, input: unknown, why: string): Tried {
  const { host } = (input ?? {}) as { host?: unknown };
  return {
    activity: info.activityType,
    ...(typeof host === 'string' && { host }),
    scheduled: new Date(info.scheduledTimestampMs).toISOString(),
    attempt: info.attempt + 1,
    why,
    next: new Date(Date.now() + pauseMs(info)).toISOString(),
  };
}

/** Milliseconds until the next attempt, as the server reckons them. */
function pauseMs({ attempt, retryPolicy }: Info): number {
  const first = msOptionalToNumber(retryPolicy?.initialInterval) ?? 1000;
  const longest = msOptionalToNumber(retryPolicy?.maximumInterval) ?? 100 * first;
  return Math.min(longest, first * (retryPolicy?.backoffCoefficient ?? 2) ** (attempt - 1));
}
