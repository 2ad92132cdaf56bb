import { randomUUID } from 'node:crypto';
import { type Client, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Evidence } from './contract/evidence';
import type { Approve, Audit, Reject, Status } from './contract/messages';
import { TASK_QUEUE, workflowIdOf } from './contract/names';
import { parsePlan } from './plan/parse';
import type { Sample } from './contract/progress';
import type { Plan, PlanInput } from './plan/schema';
import { lookAgainSignal, QUERIES, SIGNALS, UPDATES, type Verdict } from './workflows/messages/messages';
import type { CleanUpWord } from './workflows/clean-up';
import type { checkMigration, cleanUp, migrateCluster, planMigration } from './workflows';

export { TASK_QUEUE, workflowIdOf };

/** Where and under which id a workflow is started; by default on the shared queue, by the name of the plan. */
export interface StartOptions {
  workflowId?: string;
  taskQueue?: string;
}

/**
 * Starts a migration. One of this name that runs is never joined or replaced; one that has ended may be started anew.
 * @throws InvalidPlanError that names every problem; WorkflowExecutionAlreadyStartedError while it runs
 */
export async function startMigration(
  client: Client,
  input: PlanInput,
  options: StartOptions = {},
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof migrateCluster>> {
  const plan = parsePlan(input);
  const { old, new: fresh } = plan.hosts;
  return client.workflow.start<typeof migrateCluster>('migrateCluster', {
    ...startedAs(plan, options),
    args: [input],
    staticSummary: `move ${plan.elasticsearch.clusterName} from ${old.length} old to ${fresh.length} new hosts`,
  });
}

/**
 * Starts the clean-up after a migration that was terminated. It takes that one's workflow id, so that both never run at once.
 * @param options.takeOver whose hosts are taken over although their run may live
 * @throws InvalidPlanError that names every problem; WorkflowExecutionAlreadyStartedError while the migration runs
 */
export async function startCleanUp(
  client: Client,
  input: PlanInput,
  options: StartOptions & CleanUpWord = {},
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof cleanUp>> {
  const plan = parsePlan(input);
  return client.workflow.start<typeof cleanUp>('cleanUp', {
    ...startedAs(plan, options),
    args: [input, { takeOver: options.takeOver }],
    staticSummary: `clean up after a migration of ${plan.elasticsearch.clusterName} that was terminated`,
  });
}

function startedAs(plan: Plan, { workflowId, taskQueue }: StartOptions) {
  return {
    taskQueue: taskQueue ?? TASK_QUEUE,
    workflowId: workflowId ?? workflowIdOf(plan.name),
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  } as const;
}

/**
 * Starts a dry run: its result tells what a migration by this plan would do. Nothing is changed.
 * @param options.linkMBps MiB/s that the bridge is known to carry; default: the way to the hub is measured
 * @throws InvalidPlanError that names every problem
 */
export async function startDryRun(
  client: Client,
  input: PlanInput,
  options: { linkMBps?: number; taskQueue?: string } = {},
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof planMigration>> {
  return client.workflow.start<typeof planMigration>('planMigration', {
    ...lookOptions(input, 'plan', options.taskQueue),
    args: [input, { linkMBps: options.linkMBps }],
  });
}

/**
 * Starts preflight by itself: its result has every check. Nothing is changed.
 * @throws InvalidPlanError that names every problem
 */
export async function startCheck(
  client: Client,
  input: PlanInput,
  options: { taskQueue?: string } = {},
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof checkMigration>> {
  return client.workflow.start<typeof checkMigration>('checkMigration', {
    ...lookOptions(input, 'check', options.taskQueue),
    args: [input],
  });
}

/** Two people may look at the same time, so each look has an id of its own. */
function lookOptions(input: PlanInput, what: 'plan' | 'check', taskQueue = TASK_QUEUE) {
  const { name } = parsePlan(input);
  return { taskQueue, workflowId: `${workflowIdOf(name)}-${what}-${randomUUID().slice(0, 8)}` };
}

/** A migration by its workflow id: what can be asked of it and said to it. */
export class RunningMigration {
  constructor(
    private readonly client: Client,
    readonly workflowId: string,
  ) {}

  /** What it does or waits for now. */
  status(): Promise<Status> {
    return this.handle().query(QUERIES.status);
  }

  /** Who asked for what, refusals included. */
  audit(): Promise<Audit> {
    return this.handle().query(QUERIES.audit);
  }

  /** Evidence of the open gate, or of the last one. */
  evidence(): Promise<Evidence | null> {
    return this.handle().query(QUERIES.evidence);
  }

  /** The plan with every default; secrets are references in it. */
  plan(): Promise<Plan> {
    return this.handle().query(QUERIES.plan);
  }

  /** What the watch has seen since the start, thinned out. */
  samples(): Promise<Sample[]> {
    return this.handle().query(QUERIES.samples);
  }

  /** Has the evidence of the open gate taken anew, for somebody who is about to decide; decides nothing. */
  lookAgain(): Promise<void> {
    return this.handle().signal(lookAgainSignal);
  }

  /** Approves the open gate. @throws WorkflowUpdateFailedError with the reason when it is refused */
  approve(message: Approve): Promise<Verdict> {
    return this.handle().executeUpdate(UPDATES.approve, { args: [message] });
  }

  /** Says no to the open gate; the run is then paused. @throws WorkflowUpdateFailedError when it is refused */
  reject(message: Reject): Promise<Verdict> {
    return this.handle().executeUpdate(UPDATES.reject, { args: [message] });
  }

  /** Turns the run round. @throws WorkflowUpdateFailedError when that is no longer possible */
  rollback(message: { by: string; reason: string }): Promise<Verdict> {
    return this.handle().executeUpdate(UPDATES.rollback, { args: [message] });
  }

  /** Holds the run before its next change. */
  pause(message: { by: string; reason?: string }): Promise<void> {
    return this.handle().signal(SIGNALS.pause, message);
  }

  /** Lets a paused or blocked run go on: ends the block, or one's own pause, or with `all` everything. */
  resume(message: { by: string; reason?: string; all?: boolean }): Promise<void> {
    return this.handle().signal(SIGNALS.resume, message);
  }

  /** Bounds the shard traffic into one node, in MiB/s. */
  throttle(message: { maxMBps: number; by?: string }): Promise<void> {
    return this.handle().signal(SIGNALS.throttle, message);
  }

  private handle() {
    return this.client.workflow.getHandle<typeof migrateCluster>(this.workflowId);
  }
}
