import { CancellationScope, condition, startChild, workflowInfo, type ChildWorkflowHandle } from '@temporalio/workflow';
import { drainNode, holdSignal, type DrainNodeInput } from '../drain-node';
import { passGate } from '../gate/gate';
import { unlessCancelled, type Migration } from '../run/migration';

/** Phase 7: every old node, elected master last, is emptied and stopped; a person's word for each. */
export async function drain(m: Migration): Promise<string> {
  for (let next = await nextNode(m); next; next = await nextNode(m)) {
    m.control.safePoint();
    await passGate(m, `drain:${next.host}`);
    m.state.set({ draining: next.host, doing: `drains ${next.host}` });
    await runChild(m, { plan: m.plan, ...next });
    m.state.set({ draining: undefined, drained: [...m.state.data.drained, next.host], progress: undefined });
  }
  const { drained } = m.state.data;
  return `${drained.length} old ${drained.length === 1 ? 'node was' : 'nodes were'} emptied and stopped: ${drained.join(', ')}`;
}

/** The node to drain, or whose drain was begun, and those that stay for now. */
async function nextNode(m: Migration): Promise<{ host: string; old: string[] } | undefined> {
  const { draining, drained } = m.state.data;
  const order = (await m.world.drainOrder()).filter((host) => !drained.includes(host));
  const host = draining ?? order[0];
  return host === undefined ? undefined : { host, old: order.filter((other) => other !== host) };
}

async function runChild(m: Migration, input: DrainNodeInput): Promise<void> {
  const child = await startChild(drainNode, {
    workflowId: `${workflowInfo().workflowId}-drain-${input.host}`,
    args: [input],
    staticSummary: `drain ${input.host}`,
    // Without its parent nobody watches: the child must not go on to stop a node.
    parentClosePolicy: 'TERMINATE',
    // A rollback begins when the drain has really ended.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  const relay = new CancellationScope({ cancellable: true });
  const relaying = relay.run(() => relayPause(m, child)).catch(unlessCancelled);
  try {
    const result = await child.result();
    m.state.stopping(input.host);
    m.state.record(result.ledger);
    for (const undone of result.undone) m.state.recordUndone(undone);
  } finally {
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
