import { payloadConverter } from '../../../src/workflows/payload-converter';
import { chance } from '../random';
import type { ActivityCall, ActivityLife, Attempt } from './activities';
import { Clock } from './clock';
import { commandsOf, TERMINATE_WITH_PARENT, type Commands } from './commands';
import { Execution, type ParentLink, type Payload, type RunStatus } from './execution';
import { childFailure, type Failure } from './failures';
import type { Command, Job, Sandbox } from './sandbox';

/** What is around a server: what comes of activities, and who looks. */
export interface Outside {
  /** What comes of an attempt of an activity. */
  attempt(call: ActivityCall): Attempt;
  /** A workflow task was done; what it wants done is not begun yet. */
  told?(execution: Execution, jobs: Job[]): void;
  /** A workflow has asked for an activity. */
  scheduled?(call: ActivityCall): void;
  /** A workflow task was done, and what it wants done has begun. */
  afterTask?(execution: Execution): void;
  /** A workflow task failed; it would fail again and again. */
  taskFailed(execution: Execution, error: unknown): void;
  /** A payload came by. */
  payload?(execution: Execution, what: string, bytes: number): void;
  closed?(execution: Execution): void;
  /** Whether runs are to be taken up from their history at some time: only then is it kept. */
  replayed: boolean;
  /** Events after which a run is told to go on in a new one. */
  suggestAfter(workflowId: string, runs: number): number;
}

/**
 * A Temporal server as far as our workflows see one, on virtual time: it takes the commands of runs, and tells them what came of
 * these. The runs themselves are done by the SDK's own runtime in the sandbox.
 */
export class Server {
  readonly clock: Clock;
  readonly trace: string[] = [];
  /** The newest run of each workflow id. */
  readonly executions = new Map<string, Execution>();
  readonly activities = new Map<string, ActivityLife>();
  readonly answers = new Map<string, string>();
  private runs = 0;
  private messages = 0;

  constructor(
    private readonly seed: number,
    private readonly sandbox: Sandbox,
    readonly outside: Outside,
    start = Date.UTC(2026, 0, 2, 3, 4, 5),
  ) {
    this.clock = new Clock(start);
  }

  /** Starts a workflow. @throws Error when one with this id runs */
  start(workflowType: string, workflowId: string, args: unknown[]): Execution {
    if (this.running(workflowId)) throw new Error(`${workflowId} runs already`);
    return this.begin(
      workflowType,
      workflowId,
      args.map((arg) => this.toPayload(arg)),
    );
  }

  /** The run of this id, if there is one that has not ended. */
  running(workflowId: string): Execution | undefined {
    const execution = this.executions.get(workflowId);
    return execution?.status === 'running' ? execution : undefined;
  }

  /** Sends a signal. @returns whether a run takes it */
  signal(workflowId: string, name: string, arg: unknown): boolean {
    const execution = this.running(workflowId);
    if (!execution) return false;
    this.say(`signal ${name} ${JSON.stringify(arg)} to ${workflowId}`);
    this.tell(
      execution,
      { signalWorkflow: { signalName: name, input: [this.payloadOf(arg)], headers: {}, identity: '' } },
      1,
    );
    return true;
  }

  /** Sends an update; what came of it stands in `answers` under the returned id. */
  update(workflowId: string, name: string, arg: unknown): string | undefined {
    const execution = this.running(workflowId);
    if (!execution) return undefined;
    const id = `u${++this.messages}`;
    this.say(`update ${name} ${JSON.stringify(arg)} to ${workflowId}`);
    const input = [this.payloadOf(arg)];
    this.tell(execution, { doUpdate: { id, protocolInstanceId: id, name, input, headers: {}, runValidator: true } }, 2);
    return id;
  }

  /** Asks a run for its end. */
  cancel(workflowId: string): void {
    const execution = this.running(workflowId);
    if (!execution) return;
    this.say(`cancels ${workflowId}`);
    this.tell(execution, { cancelWorkflow: { reason: 'cancelled' } }, 1);
  }

  /** Ends a run at once. */
  terminate(workflowId: string): void {
    const execution = this.running(workflowId);
    if (!execution) return;
    this.say(`terminates ${workflowId}`);
    this.close(execution, 'terminated');
  }

  /** Asks a query of a run that goes on; as on the server, what it was told before is heard before. */
  query<T>(execution: Execution, name: string): T {
    if (execution.taskComing) this.task(execution);
    return payloadConverter.fromPayload<T>(execution.query(name));
  }

  /** Adds a line to the trace. */
  say(line: string): void {
    this.trace.push(`${new Date(this.clock.now).toISOString().slice(5, 23)} ${line}`);
  }

  /** Activities of a run that have not ended. */
  underWay(execution: Execution): ActivityCall[] {
    return [...this.activities.values()].map(({ call }) => call).filter((call) => call.execution === execution);
  }

  /** What a payload says. */
  read(payload: Payload): unknown {
    return payloadConverter.fromPayload(payload);
  }

  /** Ends everything. */
  dispose(): void {
    for (const execution of this.executions.values()) if (execution.status === 'running') execution.close('terminated');
  }

  toPayload(value: unknown): Payload {
    return payloadConverter.toPayload(value);
  }

  begin(type: string, workflowId: string, args: Payload[], parent?: ParentLink, before?: Execution): Execution {
    const runId = `run-${this.seed}-${++this.runs}`;
    const info = {
      ...{ workflowId, runId, workflowType: type },
      firstExecutionRunId: before?.info.firstExecutionRunId ?? runId,
      continuedFromExecutionRunId: before?.info.runId,
      parent: parent && {
        ...{ workflowId: parent.execution.info.workflowId, runId: parent.execution.info.runId },
        namespace: 'default',
      },
    };
    const suggestAfter = this.outside.suggestAfter(workflowId, this.runs);
    const execution = new Execution(
      this.sandbox,
      info,
      this.clock.now,
      { suggestAfter, replayed: this.outside.replayed },
      parent,
    );
    this.executions.set(workflowId, execution);
    parent?.execution.children.set(parent.seq, execution);
    this.say(`${workflowId}: ${type} begins as ${runId}`);
    this.weigh(execution, 'input', args);
    this.tell(execution, { initializeWorkflow: { arguments: args, headers: {}, workflowId, workflowType: type } });
    return execution;
  }

  /** What a run is told with its next task. */
  tell(execution: Execution, job: Job, events = 0): void {
    if (execution.status !== 'running') return;
    execution.events += events;
    execution.pending.push(job);
    if (execution.taskComing) return;
    execution.taskComing = true;
    const dice = chance(this.seed, 'task', execution.name, execution.taskCount);
    // Mostly at once; now and then the worker is busy, and much comes together.
    this.clock.after(dice < 0.9 ? 1 + dice * 20 : (dice - 0.9) * 30_000, () => this.task(execution));
  }

  private task(execution: Execution): void {
    if (execution.status !== 'running' || !execution.taskComing) return;
    execution.taskComing = false;
    let done;
    try {
      done = execution.task(this.clock.now);
    } catch (error) {
      return this.outside.taskFailed(execution, error);
    }
    this.outside.told?.(execution, done.jobs);
    for (const command of done.commands) this.obey(execution, command);
    this.outside.afterTask?.(execution);
  }

  private obey(execution: Execution, command: Command): void {
    for (const [name, value] of Object.entries(command)) {
      if (value === null || value === undefined) continue;
      const obey = this.commands[name as keyof Command] as ((e: Execution, c: object) => void) | undefined;
      obey?.(execution, value as object);
    }
  }

  private readonly commands: Commands = commandsOf(this);

  resolved(execution: Execution, seq: number, name: string, job: Job): void {
    this.activities.delete(`${execution.info.runId} ${seq}`);
    const result = job.resolveActivity?.result?.completed?.result as Payload | undefined;
    if (result) this.weigh(execution, name, [result]);
    this.tell(execution, job);
  }

  close(execution: Execution, status: RunStatus): void {
    execution.close(status);
    this.say(`${execution.name}: ${status}${execution.failure ? ` (${execution.failure.message})` : ''}`);
    for (const [key, life] of this.activities) {
      if (life.call.execution !== execution) continue;
      life.abandon();
      this.activities.delete(key);
    }
    this.outside.closed?.(execution);
    for (const first of execution.children.values()) {
      const child = this.newest(first);
      if (child?.status === 'running' && child.parent?.closePolicy === TERMINATE_WITH_PARENT)
        this.close(child, 'terminated');
    }
    const { parent } = execution;
    if (parent && status !== 'continued') this.tellParent(execution, parent);
  }

  private tellParent({ info, status, result, failure }: Execution, { execution, seq }: ParentLink): void {
    const wrapped = (cause: Failure) => childFailure(info.workflowId, info.runId, info.workflowType, cause);
    const told =
      status === 'completed'
        ? { completed: { result } }
        : status === 'cancelled'
          ? { cancelled: { failure: wrapped({ message: 'Workflow execution cancelled', canceledFailureInfo: {} }) } }
          : status === 'terminated'
            ? { failed: { failure: wrapped({ message: 'Workflow execution terminated', terminatedFailureInfo: {} }) } }
            : { failed: { failure: wrapped(failure ?? {}) } };
    this.tell(execution, { resolveChildWorkflowExecution: { seq, result: told } });
  }

  newest(first: Execution | undefined): Execution | undefined {
    return first && (this.executions.get(first.name) ?? first);
  }

  /** Anything may be sent, bytes that are no JSON too. */
  private payloadOf(arg: unknown): Payload {
    if (arg instanceof Uint8Array) return { metadata: { encoding: Buffer.from('json/plain') }, data: arg };
    return this.toPayload(arg);
  }

  weigh(execution: Execution, what: string, payloads: Payload[]): void {
    const bytes = payloads.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    execution.bytes += bytes;
    this.outside.payload?.(execution, what, bytes);
  }
}
