import { switchOrder } from '../../plan/hosts';
import { moveApps, withCanary } from '../phases/move-apps';
import type { Migration } from '../run/migration';
import { undoOrOwe } from './owed';
import { stage } from './stage';

/**
 * Apps and quorum go back to the old side in one stage, with no wait for anything else in between: if the bridge breaks, the
 * side with the apps has to have the votes. What else was changed on old nodes comes afterwards.
 */
export async function appsAndQuorumHome(m: Migration): Promise<void> {
  const { state, world } = m;
  await stage(m, 'apps and quorum back to the old side', async () => {
    if (!state.begun('switch')) return;
    // A run of an older release does not know which; of an app without a record nothing is undone.
    const hosts = switchOrder(m.plan).filter((host) => state.data.pointedApps?.includes(host) ?? true);
    if (hosts.length > 0) {
      await world.proveOldNodesServe();
      await moveApps(m, {
        to: 'old',
        batches: withCanary(m, hosts),
        watchSeconds: m.plan.switch.watchSeconds,
        // Minutes lie between two batches, in which an old node or the way there may be lost.
        ready: (left) => world.proveAppsCanReturn({ hosts: left }),
      });
    }
    state.set({ switchedApps: [], pointedApps: [] });
    state.record(await world.moveQuorum({ to: 'old' }));
  });
}

/** What drains changed on old nodes that were not stopped; nothing of the apps needs it. */
export async function drainsUndone(m: Migration): Promise<void> {
  const { state } = m;
  await stage(m, 'files of the old nodes without the drains', async () => {
    const old = m.plan.hosts.old.map((host) => host.name);
    // Those that were stopped have theirs since they were started again.
    const running = old.filter((host) => !state.data.stopped.includes(host));
    if (state.begun('drain')) await undoOrOwe(m, running, ['drain']);
  });
}
