import { patched } from '@temporalio/workflow';
import { FEWER_REPLICAS } from '../../contract/kept-record';
import { TELLING_STEPS } from '../../contract/ledger';
import { releaseHosts } from '../phases/claim';
import { lostNodes, names, undoOn } from '../phases/teardown';
import type { Migration } from '../run/migration';
import { restoreCluster } from '../run/restore';
import { untilDone } from '../run/until-done';
import { appsAndQuorumHome, drainsUndone } from './apps-home';
import { rollBackAsBefore } from './as-before';
import { oldSideReady } from './old-side';
import { eachOrOwe, undoOrOwe } from './owed';
import { stage } from './stage';
import { UNUSED } from './stages';

/** Change of the order of commands: runs that were turned round before it go on as they began. */
const CAREFUL = 'a-careful-way-back';
/** Change of the order of commands: runs that are past it leave the last proof to wait. */
const AWAITS = 'copies-of-before-are-awaited';
/** Change of the order of commands: runs that are past it have the old side made ready first. */
const APPS_FIRST = 'apps-first-in-the-midst-of-the-switch';

/**
 * The way back, from any point until teardown begins: the old side is made ready, then the apps go back and the quorum with
 * them, then the data, the new nodes, and at last the network. Each stage is idempotent and only undoes what was recorded, so
 * none asks how far it came; each waits for what its next step needs, of the side that is gone to. It ends with a proof.
 */
export async function rollBack(m: Migration): Promise<void> {
  const { state } = m;
  // A look changes nothing, so a rollback from there needs no host.
  if (!state.begun('bridge')) return releaseHosts(m);
  if (!patched(CAREFUL)) return rollBackAsBefore(m);

  // Else a clean-up, were it needed, would take this for a teardown, and go on.
  if (state.data.marking) await stage(m, 'the mark of teardown is off the hub', () => m.world.unmarkTeardown());

  // Apps that went without the quorum go back to it before anything else: until then one broken bridge cuts them off from it.
  if (inTheMidstOfSwitch(m) && patched(APPS_FIRST)) await appsAndQuorumHome(m);
  await oldSideReady(m);
  await appsAndQuorumHome(m);
  await drainsUndone(m);
  await dataHome(m);
  await networkGone(m);

  const { hub } = m.plan.hosts;
  await stage(m, 'nothing of ours left on any host, proved', async () => {
    await undoOn(m, names(m));
    state.set({ owed: undefined });
    for (const host of names(m).filter((name) => name !== hub.name)) await m.world.forgetHost({ host });
    const lost = lostNodes(m);
    const asked = { switched: everSwitched(m), ...(lost.length > 0 && { lost }) };
    state.set({ proof: await m.world.proveRolledBack(asked) });
    // Last of all: until here it knows what the cluster's settings were.
    await m.world.forgetHost({ host: hub.name });
  });
}

/** Whether apps may be on the fronts with the quorum still on the old side; what a survey found does not tell. */
function inTheMidstOfSwitch({ state }: Migration): boolean {
  const { pointedApps = [], surveyed } = state.data;
  return pointedApps.length > 0 && !state.ended('switch') && surveyed !== true;
}

/** From the new nodes to the old ones, and the new nodes out. */
async function dataHome(m: Migration): Promise<void> {
  const { state, world } = m;
  // Asked in each stage: a host may be given up at any time.
  const old = () => m.plan.hosts.old.map((host) => host.name);
  const fresh = () => m.plan.hosts.new.map((host) => host.name);
  const started = () => fresh().filter((host) => state.data.started.includes(host));
  const empty = (host: string) => untilDone(m, `drain ${host}`, (since) => world.drain({ host, since }));

  await stage(m, 'data back to the old side', async () => {
    // All at once: with one excluded alone its shards would go to the next one, and from there again.
    const hosts = started();
    if (hosts.length > 0) state.record(await world.excludeNodes({ hosts }));
    for (const host of hosts) await empty(host);
  });

  await stage(m, UNUSED, async () => {
    // A front whose users can't be seen stays: undone when the new nodes are gone, it serves nobody any more.
    if (state.begun('front')) {
      await eachOrOwe(m, fresh(), (host) => world.proveNewSideUnused({ host, cutOff: state.data.cutOff ?? [] }));
    }
    state.set({ cutOff: undefined });
  });

  await stage(m, 'fronts removed', () => undoOrOwe(m, fresh(), ['front']));

  await stage(m, 'new nodes stopped, files of the old ones as they were', async () => {
    const hosts = started();
    for (const host of hosts) {
      // Proved once more right before it is stopped: writes went on meanwhile.
      await empty(host);
      await undoOrOwe(m, [host], ['drain', 'join']);
    }
    await undoOrOwe(m, [...fresh(), ...old()], ['join']);
    // Also of a host that nobody reaches: without the bridge its node would be cut off.
    const lost = lostNodes(m);
    if (hosts.length > 0) await world.proveGone({ hosts, ...(lost.length > 0 && { lost }) });
  });

  await stage(m, 'cluster settings as they were', async () => {
    state.set({ settingsRestored: true });
    if (state.begun('join')) await restoreCluster(m, {});
    // Copies that the plan took away are built anew: with much data for hours, and the last proof has minutes.
    if (tookCopies(m) && patched(AWAITS)) await untilDone(m, 'copies', (since) => world.awaitCopies({ since }));
  });
}

/** Whether the plan had some index keep fewer replicas. */
function tookCopies({ state }: Migration): boolean {
  return state.data.ledger.some(({ step, changed }) => step === FEWER_REPLICAS && changed);
}

async function networkGone(m: Migration): Promise<void> {
  await stage(m, 'redirects and bridge removed', async () => {
    const hosts = [...m.plan.hosts.old, ...m.plan.hosts.new].map((host) => host.name);
    await undoOrOwe(m, hosts, ['redirect']);
    await undoOrOwe(m, hosts, ['bridge']);
    await undoOn(m, [m.plan.hosts.hub.name]);
  });
}

/** Apps that were pointed at the fronts at any time; of the others nothing is asked. */
function everSwitched({ state: { data } }: Migration): string[] {
  const { APP_SWITCHED } = TELLING_STEPS;
  const recorded = data.ledger.filter(({ step }) => step === APP_SWITCHED);
  const undone = data.undone.filter((one) => one.undone.includes(APP_SWITCHED));
  return [...new Set([...recorded, ...undone].map(({ host }) => host))];
}
