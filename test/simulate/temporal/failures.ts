import type { temporal } from '@temporalio/proto';

/** A failure as Temporal sends it. */
export type Failure = temporal.api.failure.v1.IFailure;

/** Why an attempt of an activity did not end well. */
export type AttemptFailure =
  | { kind: 'application'; message: string; type?: string; nonRetryable?: boolean }
  | { kind: 'timeout'; which: keyof typeof TIMEOUTS; last?: AttemptFailure }
  | { kind: 'cancelled'; details?: unknown };

const TIMEOUTS = { startToClose: 1, scheduleToClose: 3, heartbeat: 4 } as const;

/** What an attempt failed with. @param toPayload for details */
export function causeOf(failure: AttemptFailure, toPayload: (value: unknown) => object): Failure {
  switch (failure.kind) {
    case 'application':
      return {
        message: failure.message,
        source: 'TypeScriptSDK',
        applicationFailureInfo: { type: failure.type ?? 'Error', nonRetryable: failure.nonRetryable ?? false },
      };
    case 'timeout':
      return {
        message: `activity ${failure.which} timeout`,
        timeoutFailureInfo: { timeoutType: TIMEOUTS[failure.which] },
        cause: failure.last ? causeOf(failure.last, toPayload) : undefined,
      };
    case 'cancelled':
      return {
        message: 'CANCELLED',
        canceledFailureInfo:
          failure.details === undefined ? {} : { details: { payloads: [toPayload(failure.details)] } },
      };
  }
}

/** What a workflow gets of an activity that failed for good. */
export function activityFailure(activityType: string, activityId: string, cause: Failure): Failure {
  return {
    message: 'Activity task failed',
    source: 'TypeScriptSDK',
    activityFailureInfo: { activityType: { name: activityType }, activityId, identity: 'worker', retryState: 0 },
    cause,
  };
}

/** What a workflow gets of a child that did not complete. */
export function childFailure(workflowId: string, runId: string, type: string, cause: Failure): Failure {
  return {
    message: 'Child Workflow execution failed',
    childWorkflowExecutionFailureInfo: {
      namespace: 'default',
      workflowExecution: { workflowId, runId },
      workflowType: { name: type },
      retryState: 0,
    },
    cause,
  };
}
