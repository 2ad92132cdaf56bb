import {
  CancellationScope,
  CancelledFailure,
  condition,
  patched,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { FAILURES } from '../../contract/failures';
import { failureType, sentence } from './failures';
import { heldToo, isHeld } from '../state/holds';
import { possible } from '../state/possible';
import { now, type State } from '../state/state';
import { SafePoint } from './safe-point';

/** Who turned a run round by cancelling it: Temporal does not say which person. */
export const CANCELLATION = 'cancellation';

/** Change of the order of commands: runs that were begun before it go on as they began. */
const STAYS_BLOCKED = 'a-new-run-stays-blocked';

/** Change of the order of commands: runs that were begun before it prove nothing again because they were blocked. */
const BLOCK_COUNTS = 'a-block-counts-as-a-hold';

/** Change of the order of commands: runs that were begun before it wait at a gate for as long as it takes. */
const WAITS_IN_NEW_RUN = 'waits-at-a-gate-in-a-new-run';

/** Change of the order of commands: runs that are replayed from before it are held for as long as it takes. */
const HELD_IN_NEW_RUN = 'is-held-in-a-new-run';

/** Events after which a run goes on in a new one; Temporal warns from 10,240 on, and stops a run at 51,200. */
const LONGEST_HISTORY = 10_000;

/** What can hold a run up, stop it and turn it round: pause, block, rollback, and a history that gets too long. */
export class Control {
  private forwardScope?: CancellationScope;

  constructor(private readonly state: State) {}

  /**
   * Waits while a person holds the run; awaited before everything that changes the world.
   * @throws SafePoint when the history has become long meanwhile
   */
  mayAct(): Promise<void> {
    return isHeld(this.state.data) ? this.untilFree() : condition(() => true);
  }

  private async untilFree(): Promise<void> {
    const free = () => !isHeld(this.state.data);
    await condition(() => free() || historyIsLong());
    if (free()) return;
    if (patched(HELD_IN_NEW_RUN)) throw new SafePoint();
    await condition(free);
  }

  /**
   * Waits for a person, where nothing of the way forward is under way: the watch goes on meanwhile, for days maybe, and fills the
   * history.
   * @param longest milliseconds; default: for as long as it takes
   * @throws SafePoint when the history has become long
   */
  async forPerson(answered: () => boolean, longest?: number, summary?: string): Promise<void> {
    const long = patched(WAITS_IN_NEW_RUN) ? historyIsLong : () => false;
    const over = () => answered() || long();
    if (longest === undefined) await condition(over);
    else await condition(over, longest, { summary });
    if (!answered() && long()) throw new SafePoint();
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
    const refusal = possible(this.state).rollback;
    if (refusal !== undefined) return refusal;
    const { phase: from, doing, blocked } = this.state.data;
    const rollback = { by, reason, cancelled, at: now(), from };
    this.state.set({ rollback, held: undefined, blocked: undefined });
    if (blocked === undefined) this.state.doing(`rolls back, once this has ended: ${doing}`);
    this.forwardScope?.cancel();
    return undefined;
  }

  /**
   * A cancellation is the wish to go back, and comes once only. While an old node is being stopped it is asked for once
   * more: whoever clicked may not know that the way back now starts that node again and brings its data home.
   * @returns why it is not done at once, in one sentence; undefined when the rollback begins
   */
  cancel(): string | undefined {
    const { draining, stopped } = this.state.data;
    const reason = 'the workflow was cancelled';
    if (this.state.data.rollback || this.state.tearingDown() || draining === undefined || !stopped.includes(draining)) {
      return this.rollback(CANCELLATION, reason, true);
    }
    const asked =
      `${reason} while ${draining} is being stopped; going back would start it again and bring its data home. ` +
      'The run holds: send `rollback` to go back, or `resume` to go on';
    this.state.set({
      held: heldToo(this.state.data, { by: CANCELLATION, reason: asked, at: now(), asks: true }),
    });
    return asked;
  }

  /**
   * Does something that must work out: when it fails for good, the run says why and waits for `resume` to try again.
   * @throws the cancellation of a rollback, SafePoint, a refused preflight, and errors of this code
   */
  async insist<T>(what: string, run: () => Promise<T>): Promise<T> {
    // A run that goes on where another one was blocked is blocked still: its person is not there yet.
    if (this.state.data.blocked !== undefined && patched(STAYS_BLOCKED)) await this.untilResumed();
    for (;;) {
      const before = this.state.givenUp().length;
      try {
        const result = await run();
        if (this.state.data.blocked !== undefined) this.state.set({ blocked: undefined });
        return result;
      } catch (error) {
        // An error that Temporal doesn't know is one of this code: the task fails, and is tried again with better code.
        if (!(error instanceof TemporalFailure)) throw error;
        // What fails after the run was turned round is no reason to wait for a person.
        if (CancellationScope.current().consideredCancelled) throw error;
        if (failureType(error) === FAILURES.PREFLIGHT_FAILED) throw error;
        // What failed may have waited for a host that was given up meanwhile.
        if (this.state.givenUp().length > before) continue;
        await this.block(`${what}: ${sentence(error)}`);
      }
    }
  }

  /** Ends this run at a place where nothing is under way, when its history has become long. */
  safePoint(): void {
    if (historyIsLong()) throw new SafePoint();
  }

  private async block(reason: string): Promise<void> {
    const { holds = 0 } = this.state.data;
    // What was proved before it is not known to be so after it, however it ends.
    const counted = patched(BLOCK_COUNTS) ? { holds: holds + 1 } : {};
    this.state.set({ blocked: reason, doing: 'blocked, waits for a person', ...counted });
    this.state.audit({ kind: 'blocked', accepted: true, reason });
    await this.untilResumed();
  }

  private async untilResumed(): Promise<void> {
    const why = this.state.data.blocked ?? '';
    await condition(() => this.state.data.blocked === undefined || historyIsLong());
    if (this.state.data.blocked !== undefined) throw new SafePoint();
    this.state.audit({ kind: 'tries-again', accepted: true, reason: `tried again after: ${why}` });
    this.state.doing('tries again');
  }
}

/** Whether this run should go on in a new one. */
export function historyIsLong(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONGEST_HISTORY;
}
