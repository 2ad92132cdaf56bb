import type { temporal } from '@temporalio/proto';
import type { Audit } from '../../src/contract/messages';
import { FakeWorld } from './support/fake-world';
import { approve, devServer, openGate, startLab, until, withMigration } from './support/lab';
import { planInput } from './support/plan';

const lab = startLab(devServer());
afterAll(async () => (await lab).close());

type Event = temporal.api.history.v1.IHistoryEvent;

test.concurrent('after a reset old approvals, which Temporal applies again, open nothing', async () => {
  const input = planInput();
  const world = new FakeWorld(input);
  await withMigration(await lab, { world, input }, async (handle) => {
    const { client } = (await lab).env;
    await approve(handle, 'big-switch');
    await openGate(handle, 'drain:old-1');
    const switched = world.said(/switchApp/).length;

    // Back to before the gate was open: to the workflow task that asked for proveFronts.
    const runs = client.workflow.getHandle(handle.workflowId);
    const { events = [] } = await runs.fetchHistory();
    const proof = (events ?? []).findIndex((event: Event) => activityOf(event) === 'proveFronts');
    expect(proof).toBeGreaterThan(0);
    const task = events?.slice(0, proof).findLast((event: Event) => event.workflowTaskCompletedEventAttributes);
    expect(task).toBeDefined();
    await client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: handle.workflowId },
      workflowTaskFinishEventId: task?.eventId,
      requestId: `reset-${handle.workflowId}`,
      reason: 'try again from the fronts',
    });
    const again = Object.assign(handle, { query: runs.query.bind(runs), signal: runs.signal.bind(runs) });
    await openGate(again, 'big-switch');
    const audit = await runs.query<Audit>('audit');
    expect(audit.filter((entry) => entry.kind === 'approve')).toMatchObject([{ accepted: false }]);
    expect(world.said(/switchApp/)).toHaveLength(switched);
    await approve(again, 'big-switch');
    await until(again, (status) => status.gate?.gate === 'drain:old-1');
    await runs.terminate('the test is over');
  });
});

function activityOf(event: Event): string | undefined {
  return event.activityTaskScheduledEventAttributes?.activityType?.name ?? undefined;
}
