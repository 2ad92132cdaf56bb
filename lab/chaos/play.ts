import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Audit, OpenGate, Status } from '../../src/contract/messages';
import { PHASES, type Phase } from '../../src/contract/phases';
import { SEARCH_ATTRIBUTES } from '../../src/contract/search-attributes';
import type { Stage } from '../demo/stage';
import type { Word } from '../judge';
import type { Dice } from './dice';
import type { FaultLog } from './fault-log';
import { pendingActivities, type Pending } from './pending';
import type { Workers } from './workers';

/** What a scenario sees of the migration that it disturbs, and what it can do to it. */
export class Play {
  /** The last status that was seen. */
  status: Status | undefined;
  /** Set before a run is ended on purpose: resolves when the workflow that comes after it has been started. */
  next: Promise<void> | undefined;
  /** Approvals that count, as they were sent. */
  readonly words: Word[] = [];
  private held: (gate: OpenGate) => boolean = () => false;

  constructor(
    readonly stage: Stage,
    readonly workflowId: string,
    readonly workers: Workers,
    readonly dice: Dice,
    readonly faults: FaultLog,
    /** Aborts when the migration has ended: what was not done by then can't be done any more. */
    readonly signal: AbortSignal,
  ) {}

  /** The migration, whichever run of it is the current one. */
  get handle(): WorkflowHandle {
    return this.stage.temporal.client.workflow.getHandle(this.workflowId);
  }

  /** Where the migration is now, for the fault log. */
  get where(): string {
    const { phase, draining } = this.status ?? { phase: 'start', draining: undefined };
    return draining === undefined ? phase : `${phase} of ${draining}`;
  }

  /** Keeps that something was done just now. */
  struck(what: string, where = this.where): void {
    this.faults.add(where, what);
  }

  /** Waits; ends early when the migration has ended. @throws Error then */
  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.signal });
  }

  /** Asks until there is an answer. @throws Error when the migration ends before that */
  async until<T>(ask: () => Promise<T | undefined> | T | undefined, everyMs = 200): Promise<T> {
    for (;;) {
      this.signal.throwIfAborted();
      const answer = await ask();
      if (answer !== undefined) return answer;
      await this.pause(everyMs);
    }
  }

  /**
   * Waits until a phase has begun; asks the server, which sees it at once and also while no worker runs.
   * @throws Error when it is over already
   */
  async inPhase(phase: Phase): Promise<void> {
    const wanted = PHASES.indexOf(phase);
    await this.until(async () => {
      const { typedSearchAttributes } = await this.handle.describe();
      const phaseNow = typedSearchAttributes.get(SEARCH_ATTRIBUTES.phase);
      const now = PHASES.findIndex((each) => each === phaseNow);
      if (now > wanted) throw new Error(`phase ${phase} was over before it could be struck`);
      return now === wanted ? true : undefined;
    }, 50);
    this.status = await this.fresh().catch(() => this.status);
  }

  /** Waits until a worker has taken an activity of this type. */
  activity(name: string): Promise<Pending> {
    return this.until(async () => (await this.pending()).find((each) => each.name === name && each.started), 50);
  }

  /** Activities that are pending now. */
  pending(): Promise<Pending[]> {
    return pendingActivities(this.stage.temporal.client, this.workflowId);
  }

  /** Waits until a gate is open whose name begins so; it is not approved until `release`. */
  async atGate(prefix: string): Promise<OpenGate> {
    this.hold((gate) => gate.gate.startsWith(prefix));
    return this.until(() => {
      const gate = this.status?.gate;
      return gate?.gate.startsWith(prefix) && gate.evidence.holds ? gate : undefined;
    });
  }

  /** The operator approves no gate of these until `release`. */
  hold(gates: (gate: OpenGate) => boolean): void {
    this.held = gates;
  }

  /** The operator goes on as always. */
  release(): void {
    this.held = () => false;
  }

  /** Whether the operator is to leave a gate alone. */
  readonly holds = (gate: OpenGate): boolean => this.held(gate);

  /** Everything that was said to the run, refusals too. */
  audit(): Promise<Audit> {
    return this.handle.query<Audit>('audit');
  }

  /** A fresh status, not the operator's last one. */
  fresh(): Promise<Status> {
    return this.handle.query<Status>('status');
  }
}

/** @throws Error with these words unless it holds */
export function must(holds: boolean, words: string): void {
  if (!holds) throw new Error(words);
}
