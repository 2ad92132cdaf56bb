import { ApplicationFailure, CancellationScope, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { InvalidPlanError, parsePlan } from '../../plan/parse';
import type { Plan } from '../../plan/schema';
import { Control } from './control';
import { details, showDetails } from '../state/details';
import { showMetrics } from '../state/metrics';
import { carriedWords } from '../gate/runs';
import { Notices } from '../notices/notices';
import { Attributes } from '../state/search-attributes';
import { carriedHolds } from '../state/holds';
import type { Data } from '../state/data';
import { State } from '../state/state';
import { Calls } from '../world/calls';
import { Tries } from '../world/tries';
import { createWorld } from '../world/world';

/** One migration as its phases see it: what to do, what is known, what can be asked of the world, what can hold it up. */
export interface Migration {
  /** Without the hosts that were given up so far. */
  readonly plan: Plan;
  state: State;
  world: Activities;
  /** The same world, acting on a word that was given in this run; see `onTheWord`. */
  worldOn(word: string | undefined): Activities;
  calls: Calls;
  /** What is under way and is tried again. */
  tries: Tries;
  control: Control;
  background: Background;
  notices: Notices;
}

/** Input of a run that goes on where the run before ended. */
export interface CarriedOn {
  plan: Plan;
  carried: Data;
}

/**
 * Makes a migration of what the workflow was started with: a plan, or what the run before carried along.
 * @throws ApplicationFailure InvalidPlan that names every problem; nothing was touched
 */
export function begin(input: unknown): Migration {
  const { plan: unchecked, carried } = carriedOn(input) ?? { plan: input, carried: undefined };
  const plan = validated(unchecked);
  const notices = new Notices();
  const attributes = new Attributes();
  const show = (changed: State) => {
    const ways = [
      () => showDetails(details(changed)),
      () => showMetrics(changed),
      () => notices.look(changed),
      () => attributes.show(changed),
    ];
    for (const way of ways) quietly(way);
  };
  const state = new State(plan, show, carried && carriedWords(carriedHolds(carried)));
  // One that begins blocked changes nothing until somebody has read what to do.
  if (carried) quietly(() => showDetails(details(state)));
  attributes.learn(state);
  const control = new Control(state);
  const calls = new Calls();
  const tries = new Tries((trying) => state.set({ trying: trying.length > 0 ? trying : undefined }));
  const worldOn = (word?: string) =>
    createWorld(plan, { mayAct: () => control.mayAct(), calls, word, tries, without: () => state.givenUp() });
  return {
    get plan() {
      return state.plan;
    },
    ...{ state, world: worldOn(), worldOn, calls, tries, control, background: new Background(), notices },
  };
}

/** What only shows how things stand must not end a workflow task: the run would hear of nothing any more. */
function quietly(show: () => void): void {
  try {
    show();
  } catch (error) {
    log.warn('what is known could not be shown', { error });
  }
}

/** Only Temporal itself can start a run that has one before it, so a person can't carry in a gate that was never passed. */
function carriedOn(input: unknown): CarriedOn | undefined {
  if (workflowInfo().continuedFromExecutionRunId === undefined) return undefined;
  return typeof input === 'object' && input !== null && 'carried' in input ? (input as CarriedOn) : undefined;
}

/**
 * The plan, with every default filled in.
 * @throws ApplicationFailure InvalidPlan that names every problem
 */
export function validated(input: unknown): Plan {
  try {
    return parsePlan(input);
  } catch (error) {
    if (!(error instanceof InvalidPlanError)) throw error;
    throw ApplicationFailure.create({
      type: FAILURES.INVALID_PLAN,
      message: error.message,
      nonRetryable: true,
      details: [error.problems],
    });
  }
}

/** What runs beside the phases until it is stopped: the watch and the throttle. */
export class Background {
  private running?: { scope: CancellationScope; done: Promise<void>[] };

  /** Starts the jobs, once. */
  start(jobs: (() => Promise<void>)[]): void {
    if (this.running) return;
    const scope = new CancellationScope({ cancellable: true });
    this.running = { scope, done: jobs.map((job) => scope.run(job).catch(unlessCancelled)) };
  }

  /** Stops the jobs and waits until nothing of them is under way. */
  async stop(): Promise<void> {
    this.running?.scope.cancel();
    await Promise.all(this.running?.done ?? []);
  }
}

/** For `catch` of what is cancelled on purpose. @throws everything else */
export function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
