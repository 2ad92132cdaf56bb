import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** An activity that a workflow waits for. */
export interface Pending {
  /** Type, for example `installBridgeHub`. */
  name: string;
  /** Names this one activity for good. */
  key: string;
  /** Whether a worker has taken it. */
  started: boolean;
  /** When a worker took it last, milliseconds since the epoch; one that has died since may have. 0 when none has. */
  startedAt: number;
}

/** What the server says of one run. */
interface Described {
  activities: Pending[];
  children: { workflowId: string; runId: string }[];
}

/** `PENDING_ACTIVITY_STATE_STARTED` of the server's API. */
const STARTED = 2;

/** Milliseconds since the epoch; the server keeps seconds as a 64-bit number. */
export function milliseconds({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}

async function describe(client: Client, workflowId: string, runId?: string): Promise<Described> {
  const { raw, runId: current } = await client.workflow.getHandle(workflowId, runId).describe();
  return {
    activities: (raw.pendingActivities ?? []).map(({ activityType, activityId, state, lastStartedTime }) => ({
      name: activityType?.name ?? '',
      key: `${current}/${activityId}`,
      started: Number(state) === STARTED,
      startedAt: milliseconds(lastStartedTime ?? {}),
    })),
    children: (raw.pendingChildren ?? []).map((child) => ({
      workflowId: child.workflowId ?? '',
      runId: child.runId ?? '',
    })),
  };
}

/** Activities that are pending in a migration and in its child workflows; asked of the server, so no worker is needed. */
export async function pendingActivities(client: Client, workflowId: string): Promise<Pending[]> {
  const { activities, children } = await describe(client, workflowId);
  const ofChildren = await Promise.all(
    children.map(async (child) => {
      try {
        return (await describe(client, child.workflowId, child.runId)).activities;
      } catch (error) {
        // It ended between the two looks.
        if (error instanceof WorkflowNotFoundError) return [];
        throw error;
      }
    }),
  );
  return [...activities, ...ofChildren.flat()];
}
