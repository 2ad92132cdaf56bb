import { names, undoOn } from '../phases/teardown';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { restoreCluster } from '../run/restore';
import { untilDone } from '../run/until-done';
import { stage } from './stage';

/**
 * The way back as it was before it asked what its next step needs and nothing else: a run that began it so goes on so. Nothing
 * is added here; it goes when no such run can be under way any more.
 */
export async function rollBackAsBefore(m: Migration): Promise<void> {
  const { hub, apps } = m.plan.hosts;
  const old = m.plan.hosts.old.map((host) => host.name);
  const fresh = m.plan.hosts.new.map((host) => host.name);
  const { state, world } = m;
  state.set({ backAsBefore: true });
  const empty = (host: string) => untilDone(m, `drain ${host}`, (since) => world.drain({ host, since }));
  const started = fresh.filter((host) => state.data.started.includes(host));

  if (state.data.marking) await stage(m, 'the mark of teardown is off the hub', () => world.unmarkTeardown());

  if (state.data.stopped.length > 0 || (state.data.surveyed === true && state.data.switchedApps.length > 0)) {
    await oldNodesIn(m);
  }

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
    for (const host of started) state.record(await world.excludeNode({ host }));
    for (const host of started) await empty(host);
  });

  await stage(m, 'new nodes stopped, files of the old ones as they were', async () => {
    for (const host of started) {
      await empty(host);
      await undoOn(m, [host], ['drain', 'join']);
    }
    await undoOn(m, [...fresh, ...old], ['join']);
  });

  await stage(m, 'cluster settings as they were', async () => {
    state.set({ settingsRestored: true });
    if (state.begun('join')) await restoreCluster(m, {});
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
    await world.forgetHost({ host: hub.name });
  });
}

async function takePartAgain(m: Migration): Promise<void> {
  const { state, world } = m;
  const { stopped } = state.data;
  await stage(m, 'old nodes take part again', async () => {
    if (!state.begun('drain')) return;
    await restoreCluster(m, { phases: ['drain'] });
    if (stopped.length > 0) state.record(await world.moveQuorum({ to: 'new' }));
    const running = m.plan.hosts.old.map((host) => host.name).filter((host) => !stopped.includes(host));
    await undoOn(m, running, ['drain']);
  });
}

async function oldNodesIn(m: Migration): Promise<void> {
  const { state, world } = m;
  const fresh = m.plan.hosts.new.map((host) => host.name);
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
    await untilDone(m, 'replicate old', (since) => world.replicate({ since, goal: 'old' }));
    await world.proveReplicated();
  });
}
