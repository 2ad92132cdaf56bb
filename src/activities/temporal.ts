import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Claim, JudgedClaim } from '../contract/claim';

/** gRPC's code for "there is no such thing". */
const NOT_FOUND = 5;

/** What activities have to know of the Temporal server that they work for. */
export interface Server {
  /** Where this is: namespace, and id of the Temporal cluster, which no two servers share. */
  place(): Promise<{ namespace: string; server: string }>;
  /** A claim, and whether its run is known to be over. @throws when this server does not say */
  judge(claim: Claim): Promise<JudgedClaim>;
  /** Run of the workflow that asked for the activity which is running. */
  run(): string | undefined;
}

/** The server of the activity that is running. */
export const currentServer: Server = { place, judge, run: () => Context.current().info.workflowExecution?.runId };

async function place(): Promise<{ namespace: string; server: string }> {
  const { client, info } = Context.current();
  const { clusterId } = await client.workflowService.getClusterInfo({});
  if (!clusterId) throw new Error('the Temporal server does not say which one it is');
  return { namespace: info.namespace, server: clusterId };
}

async function judge(claim: Claim): Promise<JudgedClaim> {
  const here = await place();
  const ours = claim.server === here.server && claim.namespace === here.namespace;
  return { ...claim, over: ours && claim.run !== undefined && !(await isOpen(claim.owner, claim.run)) };
}

/** Whether the chain that begins with this run is still running: of one workflow id at most one run is. */
async function isOpen(workflowId: string, firstRun: string): Promise<boolean> {
  const { client } = Context.current();
  try {
    const { status, raw } = await client.workflow.getHandle(workflowId).describe();
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return false;
    const first = raw.workflowExecutionInfo?.firstRunId;
    // A server that does not say which chain this is leaves it open.
    return !first || first === firstRun;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/**
 * Sends a heartbeat of an attempt, and returns when the server has taken it.
 * @returns false when the server does not know this attempt any more: another one has taken its place, or nobody waits
 * @throws when the server doesn't answer
 */
export async function beatTaken({ client, info }: Context, details: unknown): Promise<boolean> {
  try {
    await client.workflowService.recordActivityTaskHeartbeat({
      namespace: info.namespace,
      taskToken: info.taskToken,
      // Without them it would erase what a retry resumes from.
      ...(details !== undefined && { details: { payloads: [defaultPayloadConverter.toPayload(details)] } }),
    });
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === NOT_FOUND) return false;
    throw error;
  }
}
