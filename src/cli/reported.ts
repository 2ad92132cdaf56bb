import { defaultPayloadConverter } from '@temporalio/common';
import type { ReportInput } from '../contract/activities';
import { parsePlan } from '../plan/parse';
import type { Plan } from '../plan/schema';
import { without } from '../plan/without';
import { CliError, EXIT } from './exit';
import { typed, type Listed } from './migrations';
import type { Server } from './server';

/**
 * Plan and input of the report that a migration wrote last, out of its history: that has both without any secret, and
 * needs neither the worker nor its files.
 * @throws CliError NOT_FOUND when none was written yet
 */
export async function reportedIn(server: Server, migration: Listed): Promise<{ plan: Plan; input: ReportInput }> {
  const { name, workflowId, runId } = migration;
  const { events } = await server.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const first = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  const written = (events ?? [])
    .map((event) => event.activityTaskScheduledEventAttributes)
    .filter((scheduled) => scheduled?.activityType?.name === 'writeReport')
    .at(-1)?.input?.payloads?.[0];
  if (!first || !written) {
    throw new CliError(
      EXIT.NOT_FOUND,
      `${name} has no report yet: it is written when the migration ends`,
      `See how far it is: \`bigswitch status ${typed(migration)}\`.`,
    );
  }
  const started = defaultPayloadConverter.fromPayload<object>(first);
  // A run that goes on where one before it ended was started with the plan and what that one knew.
  const plan = parsePlan('carried' in started && 'plan' in started ? started.plan : started);
  const input = defaultPayloadConverter.fromPayload<ReportInput>(written);
  const gone = (input.givenUp ?? []).map(({ host }) => host);
  return { plan: without(plan, gone), input };
}
