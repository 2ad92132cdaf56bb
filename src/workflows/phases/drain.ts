import {
  CancellationScope,
  condition,
  patched,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { FAILURES } from '../../contract/failures';
import { drainNode, handOverSignal, holdSignal, type DrainNodeResult } from '../drain-node';
import { firstChangeMade, goodUntil, heldSince, needHost, proveAgain } from '../gate/first-change';
import { bringOver } from '../gate/tend';
import { onTheWord, wordOf } from '../gate/word';
import { historyIsLong } from '../run/control';
import { failureType } from '../run/failures';
import { unlessCancelled, type Migration } from '../run/migration';
import { SafePoint } from '../run/safe-point';
import { isHeld } from '../state/holds';
import { takeOut, type Going } from './take-out';

/** Changes of the order of commands: runs that were begun before them go on as they began. */
const ASKS_WHO_STAYS = 'asks-who-stays-after-the-gate';
const HANDS_OVER = 'hands-a-drain-over-to-a-new-run';

/** Phase 7: every old node, elected master last, is emptied and stopped; a person's word for each. */
export async function drain(m: Migration): Promise<string> {
  for (let next = await nextNode(m); next; next = await nextNode(m)) {
    m.control.safePoint();
    const { draining, leftOff } = m.state.data;
    if (draining === next.host && !leftOff) await sayAgain(m, next.host);
    if (!(await drainOnTheWord(m, next))) continue;
    m.state.set({ draining: undefined, drained: [...m.state.data.drained, next.host], progress: undefined });
  }
  const { drained } = m.state.data;
  return `${drained.length} old ${drained.length === 1 ? 'node was' : 'nodes were'} emptied and stopped: ${drained.join(', ')}`;
}

/** @returns whether it was done, see {@link drainOne} */
function drainOnTheWord(m: Migration, { host, old }: Going): Promise<boolean> {
  const act = async (told: Migration) => {
    const { leftOff, progress } = m.state.data;
    m.state.set({ draining: host, doing: `drains ${host}`, progress: leftOff ? progress : undefined });
    // Asked after the days at the gate: a node may have gone meanwhile.
    const stay = patched(ASKS_WHO_STAYS) ? (await orderNow(m)).filter((other) => other !== host) : old;
    const { word } = m.state.data;
    // The word is proved again.
    if (word && heldSince(m, word.holds)) return false;
    needHost(m, `drain:${host}`);
    return drainOne(told, { host, old: stay });
  };
  return onTheWord(m, `drain:${host}`, act, { tend: bringOver(m, 'new') });
}

/** Before a drain that failed is tried again; a node that is being stopped, or is, can only go on. */
async function sayAgain(m: Migration, host: string): Promise<void> {
  const { stopped, progress } = m.state.data;
  if (stopped.includes(host)) return;
  await proveAgain(m, `drain:${host}`, progress !== undefined);
  if (!m.state.hasPassed(`drain:${host}`)) m.state.set({ draining: undefined, progress: undefined });
}

/** The node to drain, or whose drain was begun, and those that stay for now. */
async function nextNode(m: Migration): Promise<Going | undefined> {
  const order = await orderNow(m);
  const host = m.state.data.draining ?? order[0];
  return host === undefined ? undefined : { host, old: order.filter((other) => other !== host) };
}

async function orderNow(m: Migration): Promise<string[]> {
  return (await m.world.drainOrder()).filter((host) => !m.state.data.drained.includes(host));
}

/**
 * The child empties the node; stopping it, which can't be undone, is asked for here, where the word was given.
 * @returns whether it was done; not when the word became too old, or the run was held, before anything was changed
 * @throws SafePoint when the child has left off, as the history of this run has become long
 */
async function drainOne(m: Migration, going: Going): Promise<boolean> {
  let result: DrainNodeResult;
  try {
    result = await runChild(m, going);
  } catch (error) {
    if (failureType(error) === FAILURES.TOO_LATE) return false;
    throw error;
  }
  firstChangeMade(m, `drain:${going.host}`);
  m.state.record(result.ledger);
  if (result.leftOff) {
    m.state.set({ leftOff: true, progress: result.leftOff.progress });
    throw new SafePoint();
  }
  // Nothing is being stopped as long as the run is held.
  await m.control.mayAct();
  needHost(m, `drain:${going.host}`);
  m.state.stopping(going.host);
  // A child of an older release has taken it out itself.
  const taken =
    result.proven === undefined
      ? await takeOut(
          m.world,
          m.plan,
          { ...going, old: m.state.stillThere(going.old) },
          (what) => m.state.doing(what),
          (entries) => m.state.record(entries),
        )
      : result;
  for (const undone of taken.undone ?? []) m.state.recordUndone(undone);
  return true;
}

async function runChild(m: Migration, going: Going): Promise<DrainNodeResult> {
  // While it runs, its calls are under way.
  const under = m.calls.begin();
  const { word, holds, leftOff, progress } = m.state.data;
  const gate = `drain:${going.host}` as const;
  const child = await startChild(drainNode, {
    workflowId: `${workflowInfo().workflowId}-drain-${going.host}`,
    args: [
      {
        plan: m.plan,
        ...going,
        under,
        word: wordOf(m, gate),
        ...(word?.gate === gate && { goodUntil: goodUntil(m, word.approvedAt) }),
        ...(leftOff && { carried: { held: isHeld(m.state.data), progress, ledger: [] } }),
      },
    ],
    staticSummary: `drain ${going.host}`,
    // Without its parent nobody watches: the child must not go on to empty a node.
    parentClosePolicy: 'TERMINATE',
    // A rollback begins when the drain has really ended.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  m.state.set({ drainRun: child.firstExecutionRunId, leftOff: undefined });
  const relay = new CancellationScope({ cancellable: true });
  const relaying = relay.run(() => relayPause(m, child, word ? word.holds : holds)).catch(unlessCancelled);
  void relay.run(() => handOver(child)).catch(unlessCancelled);
  try {
    return await child.result();
  } finally {
    m.state.set({ drainRun: undefined });
    m.tries.heardOfChild([]);
    m.calls.end(under);
    relay.cancel();
    await relaying;
  }
}

/** A child can't be taken along into a new run, so it is asked to leave off, and is begun again there. */
async function handOver(child: ChildWorkflowHandle<typeof drainNode>): Promise<void> {
  await condition(historyIsLong);
  // The child may have ended just now; its result says so.
  if (patched(HANDS_OVER)) await child.signal(handOverSignal).catch(() => undefined);
}

/**
 * Tells the child when the run is paused and when it goes on, also of a pause that has ended before anything could be told.
 * @param holds how often the run had been held when the word for the drain was proved
 */
async function relayPause(
  m: Migration,
  child: ChildWorkflowHandle<typeof drainNode>,
  holds: number | undefined,
): Promise<void> {
  let told = false;
  let seen = holds;
  const paused = () => isHeld(m.state.data);
  for (;;) {
    await condition(() => paused() !== told || m.state.heldSince(seen));
    const missed = paused() === told;
    const counts = heldSince(m, seen);
    seen = m.state.data.holds;
    // One that is held already stays so.
    if (missed && (told || !counts)) continue;
    told = !told;
    // The child may have ended just now; its result says so.
    await child.signal(holdSignal, { held: told }).catch(() => undefined);
  }
}
