import type { Migration } from './migration';
import type { MoveProgress } from '../contract/progress';
import { names, undoOn } from './teardown';

/**
 * The way back, from any point until the first old node is stopped: apps first, then the quorum, then the data, then the
 * new nodes, then the network. Each stage is idempotent and only undoes what was recorded, so none asks how far it came.
 */
export async function rollBack(m: Migration): Promise<void> {
  const { hub, apps } = m.plan.hosts;
  const old = m.plan.hosts.old.map((host) => host.name);
  const fresh = m.plan.hosts.new.map((host) => host.name);
  const { state, world } = m;
  const started = fresh.filter((host) => state.data.started.includes(host));
  // A preflight changes nothing, so a rollback from there needs no host.
  if (!state.begun('bridge')) return;

  await stage(m, 'apps back to the old nodes', async () => {
    if (!state.begun('switch')) return;
    const hosts = apps.map((app) => app.name);
    await undoOn(m, hosts, ['switch']);
    await world.watchApps({ hosts, seconds: m.plan.switch.watchSeconds });
    state.set({ switchedApps: [] });
  });

  await stage(m, 'old nodes that were being drained take part again', async () => {
    if (!state.begun('drain')) return;
    await undoOn(m, old, ['drain']);
    state.recordUndone(await world.restoreCluster({ phases: ['drain'] }));
  });

  await stage(m, 'quorum back to the old side', async () => {
    if (state.begun('switch')) state.record(await world.moveQuorum({ to: 'old' }));
  });

  await stage(m, 'fronts removed', () => undoOn(m, fresh, ['front']));

  await stage(m, 'data back to the old side', async () => {
    // One after the other: the cluster's ledger is one record, and all exclusions must stand before shards move.
    for (const host of started) state.record(await world.excludeNode({ host }));
    for (const host of started) await empty(m, host);
  });

  await stage(m, 'new nodes stopped, files of the old ones as they were', async () => {
    for (const host of started) {
      // Proved once more right before it is stopped: writes went on meanwhile.
      await empty(m, host);
      await undoOn(m, [host], ['drain', 'join']);
    }
    await undoOn(m, [...fresh, ...old], ['join']);
  });

  await stage(m, 'cluster settings as they were', async () => {
    state.set({ settingsRestored: true });
    if (state.begun('join')) state.recordUndone(await world.restoreCluster());
  });

  await stage(m, 'redirects and bridge removed', async () => {
    await undoOn(m, [...old, ...fresh], ['redirect']);
    await undoOn(m, [...old, ...fresh], ['bridge']);
    await undoOn(m, [hub.name]);
  });

  await stage(m, 'nothing of ours left on any host', async () => {
    await undoOn(m, names(m));
    for (const host of names(m)) await world.forgetHost({ host });
  });
}

/** Does a stage once; when it fails, the run waits for a person, and goes on with the same stage. */
async function stage(m: Migration, what: string, run: () => Promise<void>): Promise<void> {
  if (m.state.data.rolledBack.includes(what)) return;
  m.state.doing(`rolling back: ${what}`);
  await m.control.insist(`rollback, ${what}`, run);
  m.state.set({ rolledBack: [...m.state.data.rolledBack, what] });
}

async function empty(m: Migration, host: string): Promise<void> {
  let progress: MoveProgress | undefined;
  do {
    m.control.safePoint();
    progress = await m.world.drain({ host, since: progress });
    m.state.set({ progress });
  } while (!progress.done);
}
