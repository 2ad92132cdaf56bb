import type { Client, WorkflowHandle } from '@temporalio/client';
import { CHANGES } from '../../src/contract/activities';
import { milliseconds } from './pending';

/** What of a workflow's history is looked at here. */
export type Events = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events'];

/** Activities that change something and were begun in a span, by a history. @param from, to milliseconds since the epoch */
export function changesBegun(events: Events, from: number, to: number): string[] {
  return (events ?? []).flatMap(({ eventTime, activityTaskScheduledEventAttributes: scheduled }) => {
    const name = scheduled?.activityType?.name;
    const at = milliseconds(eventTime ?? {});
    return name && CHANGES.includes(name) && at > from && at < to ? [name] : [];
  });
}

/** The same of a migration and of all workflows that it started. */
export async function begunBetween(client: Client, workflowId: string, from: number, to: number): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const children = (events ?? []).flatMap((event) => {
    const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    return child?.workflowId ? [client.workflow.getHandle(child.workflowId, child.runId ?? undefined)] : [];
  });
  const others = await Promise.all(children.map((child) => child.fetchHistory()));
  return [events, ...others.map((other) => other.events)].flatMap((each) => changesBegun(each, from, to));
}
