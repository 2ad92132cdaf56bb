import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../contract/activities';
import { FAILURES } from '../contract/failures';
import type { LedgerEntry } from '../contract/ledger';
import type { MoveProgress } from '../contract/progress';
import type { Under } from '../contract/under';
import type { Plan } from '../plan/schema';
import { mdText } from '../text/markdown';
import { historyIsLong } from './run/control';
import { progressLine, showDetails } from './state/details';
import { drainNewsSignal, QUERIES, type DrainNews } from './messages/messages';
import { drainTriesSignal, triedSignal, type DrainTries } from './messages/tries';
import { takeOut, type Going, type TakenOut } from './phases/take-out';
import { showProgress } from './state/metrics';
import { unlessSilent } from './run/until-done';
import { Calls } from './world/calls';
import { aside } from './world/side';
import { Tries } from './world/tries';
import { createWorld } from './world/world';

/** Changes of the order of commands; runs that were begun before them go on as they began. */
const ASKS = 'asks-its-parent';
const PARENT_STOPS = 'its-parent-stops-the-node';
const TELLS = 'tells-what-it-changed';
const PAUSE_COUNTS = 'a-pause-that-ended-counts-for-a-drain';
const HELD_IN_NEW_RUN = 'a-drain-is-held-in-a-new-run';

/** What the parent gives; plain JSON. */
export interface DrainNodeInput extends Going {
  plan: Plan;
  /** Under whose word it acts, and what of that may be under way beside it; absent from a parent of an older release. */
  under?: Under;
  /** Run of the parent in which the word for it was given. */
  word?: string;
  /**
   * Workflow time until which its first change may begin, ms since the epoch; absent when that is recorded already, and from
   * a parent of an older release.
   */
  goodUntil?: number;
  /** What the run before carried on, or an earlier child that had left off: its first change is made. */
  carried?: { held: boolean; progress?: MoveProgress; ledger: LedgerEntry[] };
}

/** What the parent keeps of it: the changes that emptied the node, or how far that is when it was to leave off. A child of an older release has taken it out as well. */
export type DrainNodeResult = { ledger: LedgerEntry[]; leftOff?: { progress?: MoveProgress } } & Partial<TakenOut>;

/** From the parent: hold before the next change, or go on. */
export const holdSignal = defineSignal<[{ held: boolean }]>('hold');

/** From the parent: leave off as soon as nothing is under way, and say how far it is. */
export const handOverSignal = defineSignal('handOver');

/** Thrown between two calls of a drain that goes on in another run; it never reaches Temporal. */
class LeftOff extends Error {}

/** The parent hears of progress this often at most: each news is an event of its history. */
const NEWS_EVERY_MS = 5 * 60_000;
/** Or when this share of the bytes has moved since. */
const NEWS_EVERY_SHARE = 0.05;

/**
 * Empties one old node, after its gate was passed: excludes it, and waits until it holds nothing. What can't be undone, its
 * stop, is for the parent to ask for. Before each change it asks whether its parent still waits for it, so that a reset
 * of it, or a start by hand, changes nothing.
 * @throws ApplicationFailure NotAsked when nobody waits for it; TooLate when its first change may not begin any more
 */
export async function drainNode(input: DrainNodeInput): Promise<DrainNodeResult> {
  const { plan, host } = input;
  const { parent, firstExecutionRunId: run, originalExecutionRunId: original } = workflowInfo();
  if (!parent) throw notAsked();
  let held = input.carried?.held ?? false;
  let wasHeld = false;
  setHandler(QUERIES.plan, () => plan);
  setHandler(holdSignal, (raw: unknown) => {
    held = typeof raw === 'object' && raw !== null && (raw as { held?: unknown }).held === true;
    wasHeld ||= held;
  });
  const { workflowId: workflow, runId } = parent;
  // A parent of an older release says nothing of what is under way, so nothing is taken for over.
  const calls = new Calls(input.under ?? { workflow, run: runId }, input.under?.oldest ?? 0);
  let handedOver = false;
  setHandler(handOverSignal, () => {
    handedOver = true;
  });
  let begun = input.carried !== undefined;
  let emptying = false;
  const leaves = () => emptying && (handedOver || historyIsLong());
  /** Until its first change it holds for nothing: after a pause the word is to be proved again. */
  const mayBegin = () => {
    if (begun || input.goodUntil === undefined) return;
    if (held || (wasHeld && patched(PAUSE_COUNTS))) throw tooLate('the run was held');
    if (Date.now() >= input.goodUntil) throw tooLate('the approval has become too old');
  };
  const mayAct = async () => {
    do {
      mayBegin();
      await condition(() => !held || leaves());
      if (held) {
        if (!handedOver && !patched(HELD_IN_NEW_RUN)) await condition(() => !held || handedOver);
        if (held) throw new LeftOff();
      }
      if (!patched(ASKS)) return;
      await aside(
        'askParent',
        `ask ${workflow} whether it waits`,
      )({
        parent: workflow,
        host,
        run,
        original,
        word: input.word,
      });
      mayBegin();
    } while (held);
  };
  const parentHandle = getExternalWorkflowHandle(workflow);
  // That it can't be told is no reason not to go on.
  const tellTries = (told: DrainTries) => parentHandle.signal(drainTriesSignal, told).catch(() => undefined);
  const tries = new Tries((trying) => void tellTries({ host, run, trying }));
  setHandler(triedSignal, (raw) => tries.heard(raw));
  const world = createWorld(plan, { mayAct, calls, tries });
  const ledger = [...(input.carried?.ledger ?? [])];
  const tell = async (news: DrainNews) => parentHandle.signal(drainNewsSignal, { ...news, run });

  if (!begun) {
    ledger.push(...(await world.excludeNode({ host })));
    begun = true;
    // Whatever becomes of the rest.
    if (patched(TELLS)) await tell({ host, ledger });
  }
  let progress = input.carried?.progress;
  try {
    emptying = true;
    await untilEmpty(world, input, tell, (now) => {
      progress = now;
      if (!now.done && leaves()) throw new LeftOff();
    });
    emptying = false;
  } catch (error) {
    if (!(error instanceof LeftOff)) throw error;
    if (handedOver) return { ledger, leftOff: { progress } };
    await continueAsNew<typeof drainNode>({ ...input, carried: { held, progress, ledger } });
  }
  if (patched(PARENT_STOPS)) return { ledger };

  // As a run goes on that was begun by an older release.
  await tell({ host, stopping: true });
  const said = (what: string) => showDetails(mdText`${what}`);
  const taken = await takeOut(world, plan, input, said, (entries) => ledger.push(...entries));
  return { ...taken, ledger };
}

function notAsked(): ApplicationFailure {
  return ApplicationFailure.create({
    type: FAILURES.NOT_ASKED,
    message: 'nothing was done: a drain is begun by its migration only, after a person said so at its gate',
    nonRetryable: true,
  });
}

function tooLate(why: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: FAILURES.TOO_LATE,
    message: `nothing was done: before the first change ${why}`,
    nonRetryable: true,
  });
}

async function untilEmpty(
  world: Activities,
  input: DrainNodeInput,
  tell: (news: DrainNews) => Promise<void>,
  after: (progress: MoveProgress) => void,
): Promise<void> {
  const { host } = input;
  let progress = input.carried?.progress;
  let told = { at: 0, bytesLeft: Infinity, trouble: undefined as string | undefined };
  do {
    progress = await world.drain({ host, since: progress });
    showDetails(mdText`Drains ${host}. ${progressLine(progress)}`);
    showProgress(input.plan.name, progress);
    const moved = told.bytesLeft - progress.bytesLeft >= NEWS_EVERY_SHARE * progress.bytesTotal;
    const trouble = progress.stuck ? 'stuck' : progress.waits ? 'waits' : progress.unanswered && 'unanswered';
    if (progress.done || moved || trouble !== told.trouble || Date.now() - told.at >= NEWS_EVERY_MS) {
      told = { at: Date.now(), bytesLeft: progress.bytesLeft, trouble };
      await tell({ host, progress });
    }
    unlessSilent(progress);
    after(progress);
  } while (!progress.done);
}
