import type { FakeWorld } from './fake-world';
import type { Handle } from './lab';

/** Looks, one after the other, at which nothing is under way. */
const CALM_LOOKS = 3;
const LOOK_EVERY_MS = 25;
/** What fails on this server, and is tried again an hour later, is never done. */
const NEVER_DONE = ['observe', 'registered'];

/**
 * Waits until nothing is under way, for five seconds at most. The server that skips time never does so again once a run was
 * ended that had a task under way: it goes on waiting for that task, and every later test of the file with it.
 */
export async function atRest(handle: Handle, world: FakeWorld): Promise<void> {
  const end = Date.now() + 5_000;
  for (let calm = 0; calm < CALM_LOOKS && Date.now() < end;) {
    calm = world.underWay === 0 && !(await owesTask(handle)) ? calm + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Whether a task of the run is under way. */
async function owesTask(handle: Handle): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  let workflowTask = false;
  const activities = new Set<string>();
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (event.workflowExecutionTerminatedEventAttributes) return false;
    if (event.workflowTaskScheduledEventAttributes) workflowTask = true;
    if (event.workflowTaskCompletedEventAttributes) workflowTask = false;
    if (scheduled && !NEVER_DONE.includes(scheduled.activityType?.name ?? '')) activities.add(String(event.eventId));
    const closed =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (closed) activities.delete(String(closed.scheduledEventId));
  }
  return workflowTask || activities.size > 0;
}
