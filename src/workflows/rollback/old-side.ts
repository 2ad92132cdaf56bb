import { undoOn } from '../phases/teardown';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { restoreCluster } from '../run/restore';
import { untilDone } from '../run/until-done';
import { undoOrOwe } from './owed';
import { stage } from './stage';

/**
 * Makes the old side ready for the apps while they and the quorum stay where they are: old nodes take part again, those that
 * were stopped run and are in, there is a copy of all data, and room for the rest.
 */
export async function oldSideReady(m: Migration): Promise<void> {
  const { state, world } = m;
  // The one that was stopped last comes first, as with every undo.
  const stopped = () => state.stillThere(state.data.stopped).reverse();
  // Replicate need not leave a record, so a survey may know of it only that nodes had joined.
  const dataMoved = state.begun('replicate') || (state.data.surveyed === true && state.begun('join'));

  await stage(m, 'indices as they were before the plan', async () => {
    // With more copies than old nodes the data would never be home.
    if (dataMoved) await restoreCluster(m, { planned: true });
  });

  await stage(m, 'old nodes take part again', async () => {
    if (!state.begun('drain')) return;
    await restoreCluster(m, { phases: ['drain'] });
    // A node that comes back must not vote before the apps are with it.
    if (stopped().length > 0) state.record(await world.moveQuorum({ to: 'new' }));
  });

  if (stopped().length > 0) await stoppedNodesIn(m, stopped);

  await stage(m, 'the old side has a copy of all data', async () => {
    if (!dataMoved) return;
    await untilDone(m, 'replicate old', (since) => world.replicate({ since, goal: 'old' }));
    await world.proveReplicated({ goal: 'old' });
    if (state.begun('switch')) await world.proveRoomAtHome();
  });
}

/** A run that was terminated after this has no record of it left; what it is for, the copy of all data, is proved in any case. */
async function stoppedNodesIn(m: Migration, stopped: () => string[]): Promise<void> {
  const { state, world } = m;
  await stage(m, 'redirects for stopped old nodes are back', async () => {
    await onEach(stopped(), async (host) => state.record(await world.installRedirect({ host })));
    await undoOrOwe(
      m,
      m.plan.hosts.new.map((host) => host.name),
      ['drain'],
    );
    await world.proveRedirects({ hosts: stopped() });
  });

  await stage(m, 'stopped old nodes run again', async () => {
    for (const host of stopped()) await undoOn(m, [host], ['drain']);
    await world.proveRejoined({ hosts: stopped() });
    state.set({ drained: [] });
  });
}
