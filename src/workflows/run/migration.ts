import { ApplicationFailure, CancellationScope, isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../contract/activities';
import { FAILURES } from '../../contract/failures';
import { InvalidPlanError, parsePlan } from '../../plan/parse';
import type { Plan } from '../../plan/schema';
import { bytes } from '../../text/format';
import { Control } from './control';
import { quietly, Showing } from './showing';
import { details, showDetails } from '../state/details';
import { MOST } from '../state/bounds';
import { bytesOf } from '../state/bytes';
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

/** Change of what a run refuses: runs that were begun before it go on as they began. */
const PLAN_FITS = 'a-plan-leaves-room-for-its-run';

/**
 * Makes a migration of what the workflow was started with: a plan, or what the run before carried along.
 * @throws ApplicationFailure InvalidPlan that names every problem; nothing was touched
 */
export function begin(input: unknown): Migration {
  const { plan: unchecked, carried } = carriedOn(input) ?? { plan: input, carried: undefined };
  const plan = validated(unchecked);
  if (!carried) refuseLarge(plan);
  const notices = new Notices();
  const attributes = new Attributes();
  const changed = (one: State) => {
    showing.changed();
    // These may be commands, whose order is that of the changes.
    quietly(() => notices.look(one));
    quietly(() => attributes.show(one));
  };
  const state = new State(plan, changed, carried && carriedWords(carriedHolds(carried)));
  const showing = new Showing([() => showDetails(details(state)), () => showMetrics(state)]);
  // One that begins blocked changes nothing until somebody has read what to do.
  if (carried) showing.changed();
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
    throw invalidPlan(error);
  }
}

/**
 * A run carries its plan along, with all that it comes to know.
 * @throws ApplicationFailure InvalidPlan when there would be too little room for the rest
 */
function refuseLarge(plan: Plan): void {
  const size = bytesOf(plan);
  // Runs of before go on, so it is asked only where it is answered no.
  if (size <= MOST.plan || !patched(PLAN_FITS)) return;
  const problem = `plan: it has ${bytes(size)} with all its defaults, and may have ${bytes(MOST.plan)}; move fewer hosts or apps in one migration`;
  throw invalidPlan(new InvalidPlanError([problem]));
}

function invalidPlan({ message, problems }: InvalidPlanError): ApplicationFailure {
  return ApplicationFailure.create({
    type: FAILURES.INVALID_PLAN,
    message,
    nonRetryable: true,
    details: [problems],
  });
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
