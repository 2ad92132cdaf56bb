import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { Handle } from './lab';

/** One event of a history. */
export type Event = temporal.api.history.v1.IHistoryEvent;

/** A place in a history. */
export type Place = (event: Event, events: readonly Event[]) => boolean;

/** Where a signal with this text in it came. */
export const signalled = (text: string): Place => {
  return (event) => {
    const { signalName, input } = event.workflowExecutionSignaledEventAttributes ?? {};
    const said = (input?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString()).join('');
    return `${signalName ?? ''} ${said}`.includes(text);
  };
};

/** Where an activity was asked for. */
export function asked(name: string): Place {
  return (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === name;
}

/** Where an activity answered. */
export function answered(name: string): Place {
  return (event, events) => {
    const scheduled = event.activityTaskCompletedEventAttributes?.scheduledEventId;
    if (scheduled === undefined || scheduled === null) return false;
    return events.some((one) => String(one.eventId) === String(scheduled) && asked(name)(one, events));
  };
}

/** The newest run in which there is such a place: a run may have gone on in a new one at any time. */
async function runWith(client: Client, workflowId: string, place: Place): Promise<{ of: string; task: Event }> {
  let { runId: of } = await client.workflow.getHandle(workflowId).describe();
  while (of) {
    const events: Event[] = (await client.workflow.getHandle(workflowId, of).fetchHistory()).events ?? [];
    const at = events.findLastIndex((event) => place(event, events));
    const task = events.slice(at).find((event) => event.workflowTaskCompletedEventAttributes);
    if (at >= 0 && task) return { of, task };
    of = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  throw new Error('no history has such a place');
}

/**
 * Resets a run as a person does, to the first workflow task that ends after this place: what came before it stays, what came
 * later is applied again by the server.
 * @param place the last event of this kind is meant, in the newest run that has one
 * @returns the migration, asked and told in its newest run, the id of that, and of the run that was reset
 */
export async function resetTo(
  client: Client,
  handle: Handle,
  place: Place,
): Promise<{ again: Handle; runId: string; of: string }> {
  const { workflowId } = handle;
  const { of, task } = await runWith(client, workflowId, place);
  const { runId } = await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: of },
    workflowTaskFinishEventId: task.eventId,
    requestId: `reset-${workflowId}-${String(task.eventId)}`,
    reason: 'once more',
  });
  return { again: inNewestRun(client, handle), runId, of };
}

/** The migration in whatever run it is. */
export function inNewestRun(client: Client, handle: Handle): Handle {
  const newest = client.workflow.getHandle(handle.workflowId);
  const bound = Object.fromEntries(
    (['query', 'signal', 'executeUpdate', 'result', 'terminate', 'fetchHistory'] as const).map((name) => [
      name,
      newest[name].bind(newest),
    ]),
  );
  return Object.assign(handle, bound);
}
