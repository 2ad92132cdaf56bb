import { CancellationScope, condition, startChild, workflowInfo, type ChildWorkflowHandle } from '@temporalio/workflow';
import { drainNode, holdSignal, type DrainNodeResult } from '../drain-node';
import { proveAgain } from '../gate/gate';
import { bringOver } from '../gate/tend';
import { onTheWord, wordOf } from '../gate/word';
import { unlessCancelled, type Migration } from '../run/migration';
import { takeOut, type Going } from './take-out';

/** Phase 7: every old node, elected master last, is emptied and stopped; a person's word for each. */
export async function drain(m: Migration): Promise<string> {
  for (let next = await nextNode(m); next; next = await nextNode(m)) {
    m.control.safePoint();
    if (m.state.data.draining === next.host) await sayAgain(m, next.host);
    await drainOnTheWord(m, next);
    m.state.set({ draining: undefined, drained: [...m.state.data.drained, next.host], progress: undefined });
  }
  const { drained } = m.state.data;
  return `${drained.length} old ${drained.length === 1 ? 'node was' : 'nodes were'} emptied and stopped: ${drained.join(', ')}`;
}

function drainOnTheWord(m: Migration, going: Going): Promise<void> {
  const act = async (told: Migration) => {
    m.state.set({ draining: going.host, doing: `drains ${going.host}`, progress: undefined });
    await drainOne(told, going);
  };
  return onTheWord(m, `drain:${going.host}`, act, bringOver(m, 'new'));
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
  const { draining, drained } = m.state.data;
  const order = (await m.world.drainOrder()).filter((host) => !drained.includes(host));
  const host = draining ?? order[0];
  return host === undefined ? undefined : { host, old: order.filter((other) => other !== host) };
}

/** The child empties the node; stopping it, which can't be undone, is asked for here, where the word was given. */
async function drainOne(m: Migration, going: Going): Promise<void> {
  const result = await runChild(m, going);
  m.state.record(result.ledger);
  // Nothing is being stopped as long as the run is held.
  await m.control.mayAct();
  m.state.stopping(going.host);
  // A child of an older release has taken it out itself.
  const taken =
    result.proven === undefined
      ? await takeOut(
          m.world,
          m.plan,
          going,
          (what) => m.state.doing(what),
          (entries) => m.state.record(entries),
        )
      : result;
  for (const undone of taken.undone ?? []) m.state.recordUndone(undone);
}

async function runChild(m: Migration, going: Going): Promise<DrainNodeResult> {
  // While it runs, its calls are under way.
  const under = m.calls.begin();
  const child = await startChild(drainNode, {
    workflowId: `${workflowInfo().workflowId}-drain-${going.host}`,
    args: [{ plan: m.plan, ...going, under, word: wordOf(m, `drain:${going.host}`) }],
    staticSummary: `drain ${going.host}`,
    // Without its parent nobody watches: the child must not go on to empty a node.
    parentClosePolicy: 'TERMINATE',
    // A rollback begins when the drain has really ended.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  m.state.set({ drainRun: child.firstExecutionRunId });
  const relay = new CancellationScope({ cancellable: true });
  const relaying = relay.run(() => relayPause(m, child)).catch(unlessCancelled);
  try {
    return await child.result();
  } finally {
    m.state.set({ drainRun: undefined });
    m.calls.end(under);
    relay.cancel();
    await relaying;
  }
}

/** Tells the child when the run is paused and when it goes on. */
async function relayPause(m: Migration, child: ChildWorkflowHandle<typeof drainNode>): Promise<void> {
  let told = false;
  for (;;) {
    await condition(() => (m.state.data.pause !== undefined) !== told);
    told = !told;
    // The child may have ended just now; its result says so.
    await child.signal(holdSignal, { held: told }).catch(() => undefined);
  }
}
