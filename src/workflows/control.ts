import {
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES } from '../contract/failures';
import { failureType, sentence } from './failures';
import type { State } from './state';

/** Thrown where a long run can go on in a new one, with nothing under way; it never reaches Temporal. */
export class SafePoint extends Error {}

/** Events after which a run goes on in a new one; Temporal stops a run at 51,200. */
const LONGEST_HISTORY = 10_000;

/** What can hold a run up, stop it and turn it round: pause, block, rollback, and a history that gets too long. */
export class Control {
  private forwardScope?: CancellationScope;

  constructor(private readonly state: State) {}

  /** Waits while a person holds the run; awaited before everything that changes the world. */
  mayAct(): Promise<void> {
    return condition(() => this.state.data.pause === undefined);
  }

  /** Runs the way forward, so that a rollback can cancel all its waits at once. */
  async forward(run: () => Promise<void>): Promise<void> {
    this.forwardScope = new CancellationScope({ cancellable: true });
    if (this.state.data.rollback) this.forwardScope.cancel();
    await this.forwardScope.run(run);
  }

  /**
   * Between two phases: what was under way when the run was turned round may have ended well, but nothing new begins.
   * @throws CancelledFailure when it was turned round
   */
  throwIfTurned(): void {
    if (this.state.data.rollback) throw new CancelledFailure('the run was turned round');
  }

  /**
   * Turns the run round, if that is still possible.
   * @returns why not, in one sentence; undefined when the rollback begins
   */
  rollback(by: string, reason: string, cancelled = false): string | undefined {
    const { data } = this.state;
    if (data.rollback) return 'it is being rolled back already';
    if (data.outcome !== 'running') return 'it has ended';
    if (data.oldNodeStopped) {
      return 'the first old node was stopped already; rollback ends there. The run goes on; `pause` holds it';
    }
    this.state.set({ rollback: { by, reason, cancelled }, pause: undefined, blocked: undefined });
    this.forwardScope?.cancel();
    return undefined;
  }

  /**
   * Does something that must work out: when it fails for good, the run says why and waits for `resume` to try again.
   * @throws the cancellation of a rollback, SafePoint, a refused preflight, and errors of this code
   */
  async insist<T>(what: string, run: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        // An error that Temporal doesn't know is one of this code: the task fails, and is tried again with better code.
        if (!(error instanceof TemporalFailure)) throw error;
        if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
        if (failureType(error) === FAILURES.PREFLIGHT_FAILED) throw error;
        await this.block(`${what}: ${sentence(error)}`);
      }
    }
  }

  /** Ends this run at a place where nothing is under way, when its history has become long. */
  safePoint(): void {
    if (this.historyIsLong()) throw new SafePoint();
  }

  private async block(reason: string): Promise<void> {
    this.state.set({ blocked: reason, doing: 'blocked, waits for a person' });
    await condition(() => this.state.data.blocked === undefined || this.historyIsLong());
    if (this.state.data.blocked !== undefined) throw new SafePoint();
    this.state.doing('tries again');
  }

  private historyIsLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > LONGEST_HISTORY;
  }
}
