import type { Migration } from '../run/migration';
import { releaseHosts } from '../phases/claim';
import { mustComeIn, oldNodesIn, takePartAgain } from './old-nodes';
import { stage } from './stage';
import { names, undoOn } from '../phases/teardown';
import { untilDone } from '../run/until-done';

/**
 * The way back, from any point until teardown begins: old nodes that were stopped come in again, then the apps go back,
 * then the quorum, the data, the new nodes, and at last the network. Each stage is idempotent and only undoes what was
 * recorded, so none asks how far it came. It ends with a proof.
 */
export async function rollBack(m: Migration): Promise<void> {
  const { hub, apps } = m.plan.hosts;
  const old = m.plan.hosts.old.map((host) => host.name);
  const fresh = m.plan.hosts.new.map((host) => host.name);
  const { state, world } = m;
  const empty = (host: string) => untilDone(m, (since) => world.drain({ host, since }));
  const started = fresh.filter((host) => state.data.started.includes(host));
  // A look changes nothing, so a rollback from there needs no host.
  if (!state.begun('bridge')) return releaseHosts(m);

  // Else a clean-up, were it needed, would take this for a teardown, and go on.
  if (state.data.marking) await stage(m, 'the mark of teardown is off the hub', () => world.unmarkTeardown());

  if (mustComeIn(m)) await oldNodesIn(m);

  await stage(m, 'apps back to the old nodes', async () => {
    if (!state.begun('switch')) return;
    await world.proveOldNodesServe();
    const hosts = apps.map((app) => app.name);
    await undoOn(m, hosts, ['switch']);
    await world.watchApps({ hosts, seconds: m.plan.switch.watchSeconds });
    state.set({ switchedApps: [] });
  });

  await takePartAgain(m);

  await stage(m, 'quorum back to the old side', async () => {
    if (state.begun('switch')) state.record(await world.moveQuorum({ to: 'old' }));
  });

  await stage(m, 'fronts removed', () => undoOn(m, fresh, ['front']));

  await stage(m, 'data back to the old side', async () => {
    // One after the other: the cluster's ledger is one record, and all exclusions must stand before shards move.
    for (const host of started) state.record(await world.excludeNode({ host }));
    for (const host of started) await empty(host);
  });

  await stage(m, 'new nodes stopped, files of the old ones as they were', async () => {
    for (const host of started) {
      // Proved once more right before it is stopped: writes went on meanwhile.
      await empty(host);
      await undoOn(m, [host], ['drain', 'join']);
    }
    await undoOn(m, [...fresh, ...old], ['join']);
  });

  await stage(m, 'cluster settings as they were', async () => {
    state.set({ settingsRestored: true });
    if (state.begun('join')) state.recordUndone(await world.restoreCluster({}));
  });

  await stage(m, 'redirects and bridge removed', async () => {
    await undoOn(m, [...old, ...fresh], ['redirect']);
    await undoOn(m, [...old, ...fresh], ['bridge']);
    await undoOn(m, [hub.name]);
  });

  await stage(m, 'nothing of ours left on any host, proved', async () => {
    await undoOn(m, names(m));
    for (const host of names(m).filter((name) => name !== hub.name)) await world.forgetHost({ host });
    state.set({ proof: await world.proveRolledBack() });
    // Last of all: until here it knows what the cluster's settings were.
    await world.forgetHost({ host: hub.name });
  });
}
