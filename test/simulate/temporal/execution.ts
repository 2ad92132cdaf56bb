import { chance } from '../random';
import { isDeepStrictEqual } from 'node:util';
import type { Command, Job, Moment, RunInfo, Sandbox, SandboxedRun } from './sandbox';

/** A payload as Temporal keeps it. */
export interface Payload {
  metadata?: Record<string, Uint8Array> | null;
  data?: Uint8Array | null;
}

/** How a run stands. */
export type RunStatus = 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'continued';

/** Who is told how a run ended. */
export interface ParentLink {
  execution: Execution;
  seq: number;
  /** 1 terminate, 2 abandon, as in Temporal's ParentClosePolicy. */
  closePolicy: number;
}

/** One run of a workflow with its history, as far as it counts here: number and size of events, and what each task did. */
export class Execution {
  status: RunStatus = 'running';
  result?: Payload;
  failure?: { message?: string | null };
  /** Told with the next task. */
  pending: Job[] = [];
  taskComing = false;
  taskCount = 0;
  /** Events of the history, and their payloads' bytes. */
  events = 1;
  bytes = 0;
  /** Seqs of timers that were cancelled. */
  readonly cancelledTimers = new Set<number>();
  readonly children = new Map<number, Execution>();
  /** Events after which the server says that it should go on in a new run. */
  readonly suggestAfter: number;
  /** Events at which it was suggested first. */
  suggestedAt?: number;
  private run: SandboxedRun;
  private readonly tasks: { jobs: Job[]; moment: Moment; commands: Command[] }[] = [];

  constructor(
    private readonly sandbox: Sandbox,
    readonly info: RunInfo,
    readonly startedAt: number,
    readonly limits: { suggestAfter: number; replayed: boolean },
    readonly parent?: ParentLink,
  ) {
    this.suggestAfter = limits.suggestAfter;
    this.run = this.fresh();
  }

  /** Name for traces. */
  get name(): string {
    return this.info.workflowId;
  }

  /** What the UI shows of it. */
  get currentDetails(): string {
    return this.run.currentDetails;
  }

  /** Does a task with all that is pending; messages first, as the SDK's core has it. @throws what the task failed with */
  task(now: number): { jobs: Job[]; commands: Command[] } {
    const isMessage = (job: Job) => Boolean(job.signalWorkflow ?? job.doUpdate ?? job.initializeWorkflow);
    const jobs = [...this.pending.filter(isMessage), ...this.pending.filter((job) => !isMessage(job))];
    this.pending = [];
    this.events += 2;
    const suggested = this.events > this.suggestAfter;
    if (suggested) this.suggestedAt ??= this.events;
    const moment = { now, historyLength: this.events, historySize: this.bytes, continueAsNewSuggested: suggested };
    const commands = this.run.activate(jobs, moment);
    this.events += 1;
    this.taskCount += 1;
    if (this.limits.replayed) this.tasks.push({ jobs, moment, commands });
    return { jobs, commands };
  }

  /** Asks a query. */
  query(name: string): Payload {
    return this.run.query(name);
  }

  /**
   * Its worker forgets it, and another one takes it up from its history.
   * @throws Error when the history, replayed, does not give the same commands
   */
  evict(): void {
    const { flags } = this.run;
    this.run.dispose();
    this.run = this.fresh();
    this.run.remember(flags, this.patches());
    for (const [i, { jobs, moment, commands }] of this.tasks.entries()) {
      const again = this.run.activate(jobs, { ...moment, replaying: true });
      // A replay does not say again that it has a patch.
      const seen = (all: Command[]) => all.filter((command) => !command.setPatchMarker && !command.updateResponse);
      if (!isDeepStrictEqual(plain(seen(again)), plain(seen(commands)))) {
        throw new Error(`task ${i + 1} of ${this.tasks.length} went otherwise in a replay`);
      }
    }
  }

  /** Ends it; its worker forgets it. */
  close(status: RunStatus): void {
    this.status = status;
    this.run.dispose();
  }

  private patches(): string[] {
    return this.tasks.flatMap(({ commands }) => commands.flatMap((one) => one.setPatchMarker?.patchId ?? []));
  }

  private fresh(): SandboxedRun {
    const seed = Array.from({ length: 8 }, (_, i) => Math.floor(chance(this.info.runId, i) * 256));
    return this.sandbox.create(this.info, seed, this.startedAt);
  }
}

/** Of another context: its objects have other prototypes each time. */
function plain(commands: Command[]): unknown {
  return JSON.parse(JSON.stringify(commands));
}
