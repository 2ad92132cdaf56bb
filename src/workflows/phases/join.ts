import { ApplicationFailure, patched } from '@temporalio/workflow';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/** New nodes that start at the same time: each start is a burst of work for the elected master. */
const STARTS_AT_ONCE = 3;

/** Change of the order of commands: runs that were begun before it go on as they began. */
const KEEPS_AGAIN = 'a-join-again-has-its-record-first';

/** Phase 3: the new nodes enter the cluster, without a vote and without data; no old node is restarted. */
export async function join(m: Migration): Promise<string> {
  const { bridge } = m.state.data;
  if (!bridge) throw ApplicationFailure.nonRetryable('the bridge was never measured');
  await recordAgain(m);
  m.state.doing('keeps the new nodes out of the quorum and holds rebalancing');
  m.state.record(await m.world.prepareClusterForJoin({ throughputMBps: bridge.throughputMBps }));

  const fresh = m.plan.hosts.new.map((host) => host.name);
  const old = m.plan.hosts.old.map((host) => host.name);
  m.state.doing('configures the new nodes and aligns the files of the old ones');
  await onEach([...old, ...fresh], async (host) => {
    const { world } = m;
    m.state.record(await (old.includes(host) ? world.alignOldNode({ host }) : world.configureNewNode({ host })));
  });

  m.state.doing(`starts ${fresh.length} new nodes`);
  const start = async (host: string) => {
    // Noted before, so that a rollback empties a node that may have started just before its answer was lost.
    m.state.set({ started: [...new Set([...m.state.data.started, host])] });
    m.state.record(await m.world.startNewNode({ host }));
  };
  await onEach(fresh, start, STARTS_AT_ONCE);

  m.state.doing('proves that all nodes see all nodes');
  return (await m.world.proveJoin()).proven;
}

/** Before it is tried again: a hub that has lost its record would take what was changed already for how the cluster was before. */
async function recordAgain(m: Migration): Promise<void> {
  const { kept } = m.state.data;
  if (!kept || !patched(KEEPS_AGAIN)) return;
  const { lost } = await m.world.keepAgain({ records: kept });
  if (lost.length > 0) m.state.keptAgain(lost);
}
