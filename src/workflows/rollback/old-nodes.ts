import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { stage } from './stage';
import { undoOn } from '../phases/teardown';
import { untilDone } from '../run/until-done';

/**
 * Whether old nodes have to come in, or to get data, before an app goes back. After a run that was terminated while it
 * rolled back, nobody else knows whether that was done; done already, it does nothing.
 */
export function mustComeIn({ state: { data } }: Migration): boolean {
  return data.stopped.length > 0 || (data.surveyed === true && data.switchedApps.length > 0);
}

/** Ends every exclusion of old nodes and gives the files of those that run what they had; done once. */
export async function takePartAgain(m: Migration): Promise<void> {
  const { state, world } = m;
  const { stopped } = state.data;
  await stage(m, 'old nodes take part again', async () => {
    if (!state.begun('drain')) return;
    state.recordUndone(await world.restoreCluster({ phases: ['drain'] }));
    // A node that comes back must not vote before the apps are with it.
    if (stopped.length > 0) state.record(await world.moveQuorum({ to: 'new' }));
    const running = m.plan.hosts.old.map((host) => host.name).filter((host) => !stopped.includes(host));
    await undoOn(m, running, ['drain']);
  });
}

/**
 * Takes back every drain: old nodes that were stopped are reachable again, run again and are proved to be in, and the old
 * side has a copy of all data before an app goes back to it. Until then apps and quorum stay where they are.
 */
export async function oldNodesIn(m: Migration): Promise<void> {
  const { state, world } = m;
  const fresh = m.plan.hosts.new.map((host) => host.name);
  // The one that was stopped last comes first, as with every undo.
  const stopped = [...state.data.stopped].reverse();
  await takePartAgain(m);

  await stage(m, 'redirects for stopped old nodes are back', async () => {
    await onEach(stopped, async (host) => state.record(await world.installRedirect({ host })));
    await undoOn(m, fresh, ['drain']);
    await world.proveRedirects();
  });

  await stage(m, 'stopped old nodes run again', async () => {
    for (const host of stopped) await undoOn(m, [host], ['drain']);
    await world.proveRejoined();
    state.set({ drained: [] });
  });

  await stage(m, 'the old side has a copy of all data', async () => {
    await untilDone(m, (since) => world.replicate({ since, goal: 'old' }));
    await world.proveReplicated();
  });
}
