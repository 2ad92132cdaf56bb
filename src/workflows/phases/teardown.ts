import { allHosts } from '../../plan/hosts';
import type { Phase } from '../../contract/phases';
import { firstChangeMade, proveAgain } from '../gate/first-change';
import { onTheWord } from '../gate/word';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { restoreCluster } from '../run/restore';

/** Phase 8: after a person's word redirects and bridge go, and everything that was changed for the move is put back. */
export async function teardown(m: Migration): Promise<string> {
  if (!m.state.data.tearingDown) await proveAgain(m, 'teardown', false);
  return onTheWord(m, 'teardown', tearDown);
}

/** What comes after the word; it can begin again anywhere, and only goes forward. */
export async function tearDown(m: Migration): Promise<string> {
  m.state.set({ marking: true });
  await m.world.markTeardown();
  // Turned round while it was under way: the way back takes the mark off.
  m.control.throwIfTurned();
  firstChangeMade(m, 'teardown');
  m.state.set({ tearingDown: true });
  const { hub } = m.plan.hosts;
  const old = m.plan.hosts.old.map((host) => host.name);
  const fresh = m.plan.hosts.new.map((host) => host.name);

  // Drains have lowered them for each node that they took out, and nobody for these.
  if (lostNodes(m).length > 0) {
    m.state.doing('lowers the expected nodes to those that are left');
    const expected = fresh.length;
    await onEach(fresh, async (host) => m.state.record(await m.world.setExpectedNodes({ host, expected })));
  }

  m.state.doing('points the seeds of the new nodes at the new side');
  await onEach(fresh, async (host) => m.state.record(await m.world.pointSeedsAtNew({ host })));

  m.state.set({ settingsRestored: true, doing: "puts the cluster's settings back" });
  await restoreCluster(m, { migrated: true });

  m.state.doing('removes the redirects');
  await undoOn(m, [...old, ...fresh], ['redirect']);
  m.state.doing('removes the bridge');
  await undoOn(m, [...old, ...fresh], ['bridge']);
  await undoOn(m, [hub.name], ['redirect', 'bridge']);

  m.state.doing('gives the old hosts their files back');
  await undoOn(m, old, ['join']);

  m.state.doing('ends the ledgers: what is left on the hosts stays for good');
  await onEach(
    names(m).filter((name) => name !== hub.name),
    (host) => m.world.forgetHost({ host }),
  );

  m.state.doing('proves that nothing of the move is left');
  const lost = lostNodes(m);
  const proof = await (lost.length > 0 ? m.world.proveTornDown({ lost }) : m.world.proveTornDown());
  m.state.set({ proof });
  // Last of all: until here it knows what the cluster's settings were.
  await m.world.forgetHost({ host: hub.name });
  return proof.proven;
}

/** Undoes what these phases changed on these hosts. */
export async function undoOn(m: Migration, hosts: string[], phases?: Phase[]): Promise<void> {
  await onEach(hosts, async (host) => m.state.recordUndone(await m.world.undoHost({ host, phases })));
}

/** Names of all hosts of the plan. */
export function names(m: Migration): string[] {
  return allHosts(m.plan).map((host) => host.name);
}

/** Names of the nodes that went with hosts that were given up. */
export function lostNodes({ state }: Migration): string[] {
  return (state.data.givenUp ?? []).flatMap(({ nodeName }) => (nodeName === undefined ? [] : [nodeName]));
}
