import type { Failure } from './failures';
import { activityFailure, causeOf, type AttemptFailure } from './failures';
import type { Execution } from './execution';
import type { Clock } from './clock';
import type { coresdk } from '@temporalio/proto';

/** An activity that a workflow has asked for. */
export interface ActivityCall {
  execution: Execution;
  seq: number;
  name: string;
  input: unknown;
  /** Workflow time at which it was scheduled. */
  scheduledAt: number;
  attempt: number;
  cancelRequested: boolean;
  done: boolean;
}

/** What one attempt comes to. */
export interface Attempt {
  /** Ms until it looks at the world or changes it; Infinity: never. */
  actAfter: number;
  /** Looks or changes. @returns the result @throws AttemptFailed */
  act: () => unknown;
  /** Ms until the worker says what came of it; Infinity: it never does. */
  answerAfter: number;
  /** It acted, and fails nevertheless. */
  failsAfterwards?: AttemptFailure;
  /** Its worker is gone: noticed by the missing heartbeat. */
  workerLost?: boolean;
  /** What is known of a cancelled one. */
  cancelDetails?: () => unknown;
  /** Whether a cancellation that comes before it acts keeps it from that. */
  hearsCancellation: boolean;
}

/** An attempt that ends with this failure. */
export class AttemptFailed extends Error {
  constructor(readonly failure: AttemptFailure) {
    super(failure.kind);
  }
}

/** What the server needs of what is around it. */
export interface Around {
  clock: Clock;
  /** What comes of an attempt. */
  attempt(call: ActivityCall): Attempt;
  tell(execution: Execution, job: object): void;
  toPayload: (value: unknown) => object;
  trace(line: string): void;
}

type Schedule = coresdk.workflow_commands.IScheduleActivity;
type Duration = Schedule['startToCloseTimeout'];

const WAIT_CANCELLATION_COMPLETED = 1;
/** A worker hears of a cancellation with its next heartbeat. */
const HEARTBEAT_MS = 5_000;
const FOREVER = Number.MAX_SAFE_INTEGER;

/** The life of one activity: attempts, time-outs, retries and cancellation, as the server has them. */
export class ActivityLife {
  private last?: AttemptFailure;
  private running?: Attempt;
  private acted = false;

  constructor(
    readonly call: ActivityCall,
    private readonly command: Schedule,
    private readonly around: Around,
  ) {}

  /** Begins the next attempt. */
  begin(): void {
    const { call, around } = this;
    if (call.done) return;
    call.attempt += 1;
    const attempt = around.attempt(call);
    this.running = attempt;
    this.acted = false;
    const number = call.attempt;
    const current = () => !call.done && call.attempt === number && this.running === attempt;
    let outcome: { result?: unknown; failure?: AttemptFailure } = {};
    if (Number.isFinite(attempt.actAfter)) {
      around.clock.after(attempt.actAfter, () => {
        if (!current()) return;
        this.acted = true;
        try {
          outcome = { result: attempt.act(), failure: attempt.failsAfterwards };
        } catch (error) {
          if (!(error instanceof AttemptFailed)) throw error;
          outcome = { failure: error.failure };
        }
      });
    }
    const startToClose = msOf(this.command.startToCloseTimeout, FOREVER);
    const answers = attempt.workerLost ? Infinity : attempt.answerAfter;
    if (answers <= startToClose) {
      around.clock.after(answers, () => {
        if (!current()) return;
        if (outcome.failure) this.failed(outcome.failure);
        else this.completed(outcome.result);
      });
    } else {
      const which = attempt.workerLost ? 'heartbeat' : 'startToClose';
      const limit = attempt.workerLost ? msOf(this.command.heartbeatTimeout, startToClose) : startToClose;
      around.clock.after(Math.max(limit, finite(attempt.actAfter)), () => {
        if (current()) this.failed({ kind: 'timeout', which });
      });
    }
  }

  /** The workflow asks for its end. */
  cancel(): void {
    const { call, around } = this;
    if (call.done) return;
    call.cancelRequested = true;
    if (Number(this.command.cancellationType ?? 0) !== WAIT_CANCELLATION_COMPLETED || !this.running) {
      return this.cancelled(undefined);
    }
    const attempt = this.running;
    // A script that is under way on a host goes on to its end; what has not begun yet, or hangs, hears of it.
    const goesOn = this.acted || !attempt.hearsCancellation;
    if (goesOn && Number.isFinite(attempt.answerAfter) && !attempt.workerLost) return;
    around.clock.after(HEARTBEAT_MS, () => {
      if (!call.done && this.running === attempt && !attempt.workerLost) this.cancelled(attempt.cancelDetails?.());
    });
  }

  /** Its run has ended: what is under way hears of it with its next heartbeat, and is not tried again. */
  abandon(): void {
    const { call, around } = this;
    call.cancelRequested = true;
    around.clock.after(HEARTBEAT_MS, () => {
      call.done = true;
    });
  }

  private completed(result: unknown): void {
    this.resolve({ completed: { result: this.around.toPayload(result) } });
  }

  private cancelled(details: unknown): void {
    const cause = causeOf({ kind: 'cancelled', details }, this.around.toPayload);
    this.resolve({ cancelled: { failure: this.wrapped(cause) } });
  }

  private failed(failure: AttemptFailure): void {
    const { call, around, command } = this;
    this.running = undefined;
    if (call.cancelRequested) return this.cancelled(undefined);
    const { retryPolicy: policy } = command;
    const type = failure.kind === 'application' ? (failure.type ?? 'Error') : '';
    const never =
      failure.kind === 'application' && (failure.nonRetryable || policy?.nonRetryableErrorTypes?.includes(type));
    const attempts = policy?.maximumAttempts || Infinity;
    if (never || call.attempt >= attempts) return this.fail(failure);
    const initial = msOf(policy?.initialInterval, 1000);
    const wait = Math.min(
      initial * (policy?.backoffCoefficient ?? 2) ** (call.attempt - 1),
      msOf(policy?.maximumInterval, 100 * initial),
    );
    const end = call.scheduledAt + msOf(command.scheduleToCloseTimeout, FOREVER);
    if (around.clock.now + wait >= end) {
      // An attempt that timed out at the very end counts as the whole time having passed.
      return this.fail(failure.kind === 'timeout' ? { kind: 'timeout', which: 'scheduleToClose' } : failure);
    }
    this.last = failure;
    around.clock.after(wait, () => this.begin());
  }

  private fail(failure: AttemptFailure): void {
    const whole = failure.kind === 'timeout' ? { ...failure, last: this.last } : failure;
    this.resolve({ failed: { failure: this.wrapped(causeOf(whole, this.around.toPayload)) } });
  }

  private resolve(result: object): void {
    const { call, around } = this;
    call.done = true;
    this.running = undefined;
    around.trace(`${call.execution.name}: ${call.name} ${Object.keys(result)[0]}`);
    around.tell(call.execution, { resolveActivity: { seq: call.seq, result } });
  }

  private wrapped(cause: Failure): Failure {
    return activityFailure(this.call.name, String(this.call.seq), cause);
  }
}

/** A duration of a command in ms. */
export function msOf(duration: Duration, otherwise: number): number {
  if (!duration) return otherwise;
  return Number(String(duration.seconds ?? 0)) * 1000 + (duration.nanos ?? 0) / 1e6;
}

function finite(ms: number): number {
  return Number.isFinite(ms) ? ms : 0;
}
