import type { Client, WorkflowHandle } from '@temporalio/client';
import { CHANGES } from './activities';

/** What of a workflow's history is looked at here. */
export type Events = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events'];

/** Milliseconds since the epoch; the server keeps seconds as a 64-bit number. */
export function milliseconds({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}

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
