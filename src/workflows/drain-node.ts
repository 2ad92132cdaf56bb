import {
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../contract/activities';
import type { LedgerEntry, UndoResult } from '../contract/ledger';
import type { MoveProgress } from '../contract/progress';
import type { Plan } from '../plan/schema';
import { mdText } from '../text/markdown';
import { historyIsLong } from './run/control';
import { progressLine, showDetails } from './state/details';
import { drainNewsSignal, QUERIES, type DrainNews } from './messages/messages';
import { showProgress } from './state/metrics';
import { onEach } from './run/parallel';
import { unlessSilent } from './run/until-done';
import { createWorld } from './world/world';

/** What the parent gives; plain JSON. */
export interface DrainNodeInput {
  plan: Plan;
  host: string;
  /** Old hosts that stay for now. */
  old: string[];
  /** What the run before carried on. */
  carried?: { held: boolean; progress: MoveProgress; ledger: LedgerEntry[] };
}

/** What the parent keeps of it. */
export interface DrainNodeResult {
  ledger: LedgerEntry[];
  undone: UndoResult[];
  proven: string;
}

/** From the parent: hold before the next change, or go on. */
export const holdSignal = defineSignal<[{ held: boolean }]>('hold');

/** The parent hears of progress this often at most: each news is an event of its history. */
const NEWS_EVERY_MS = 5 * 60_000;
/** Or when this share of the bytes has moved since. */
const NEWS_EVERY_SHARE = 0.05;

/**
 * Empties and stops one old node, after its gate was passed: exclude it, wait until it holds nothing, stop and disable
 * its service, lower the expected nodes by one in every file, remove the redirects for it, and prove that it is gone.
 */
export async function drainNode(input: DrainNodeInput): Promise<DrainNodeResult> {
  const { plan, host, old } = input;
  const { parent } = workflowInfo();
  let held = input.carried?.held ?? false;
  setHandler(QUERIES.plan, () => plan);
  setHandler(holdSignal, (raw: unknown) => {
    held = typeof raw === 'object' && raw !== null && (raw as { held?: unknown }).held === true;
  });
  const world = createWorld(plan, () => condition(() => !held));
  const ledger = [...(input.carried?.ledger ?? [])];
  const tell = async (news: DrainNews) => {
    if (parent) await getExternalWorkflowHandle(parent.workflowId).signal(drainNewsSignal, news);
  };

  if (!input.carried) ledger.push(...(await world.excludeNode({ host })));
  await untilEmpty(world, input, tell, (progress) => ({ held, progress, ledger }));

  showDetails(mdText`${host} is empty; it is being stopped`);
  await tell({ host, stopping: true });
  ledger.push(...(await world.stopNode({ host })));

  const fresh = plan.hosts.new.map((node) => node.name);
  const staying = [...old, ...fresh];
  showDetails(mdText`${host} is stopped; ${staying.length} nodes are expected from now on`);
  const entries = await onEach(staying, (name) => world.setExpectedNodes({ host: name, expected: staying.length }));
  entries.push(...(await onEach(fresh, (name) => world.removeRedirectsFor({ host: name, gone: host }))));
  ledger.push(...entries.flat());
  const undone = await world.undoHost({ host, phases: ['redirect'] });

  const { proven } = await world.proveDrained({ host });
  return { ledger, undone: [undone], proven };
}

async function untilEmpty(
  world: Activities,
  input: DrainNodeInput,
  tell: (news: DrainNews) => Promise<void>,
  carried: (progress: MoveProgress) => DrainNodeInput['carried'],
): Promise<void> {
  const { host } = input;
  let progress = input.carried?.progress;
  let told = { at: 0, bytesLeft: Infinity, trouble: undefined as string | undefined };
  do {
    progress = await world.drain({ host, since: progress });
    showDetails(mdText`Drains ${host}. ${progressLine(progress)}`);
    showProgress(input.plan.name, progress);
    const moved = told.bytesLeft - progress.bytesLeft >= NEWS_EVERY_SHARE * progress.bytesTotal;
    const trouble = progress.stuck ? 'stuck' : progress.unanswered && 'unanswered';
    if (progress.done || moved || trouble !== told.trouble || Date.now() - told.at >= NEWS_EVERY_MS) {
      told = { at: Date.now(), bytesLeft: progress.bytesLeft, trouble };
      await tell({ host, progress });
    }
    unlessSilent(progress);
    if (!progress.done && historyIsLong()) {
      await continueAsNew<typeof drainNode>({ ...input, carried: carried(progress) });
    }
  } while (!progress.done);
}
