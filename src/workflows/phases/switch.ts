import { patched } from '@temporalio/workflow';
import { FAILURES } from '../../contract/failures';
import { failureType, sentence } from '../run/failures';
import { firstChangeMade } from '../gate/first-change';
import { onTheWord } from '../gate/word';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';
import { isNoFailure } from '../run/safe-point';
import { isNotAnyMore, provedAfterPause, quorumFollows } from './after-pause';
import { beforeAnotherWord } from './one-side';
import { inBatches, moveApps, withCanary } from './move-apps';

/**
 * Phase 6: after a person's word the apps go to the fronts, a canary first, and the quorum follows them. If one app does not
 * work there, all go back, and the gate opens again with the reason.
 */
export async function bigSwitch(m: Migration): Promise<string> {
  for (;;) {
    // Nobody is asked before every app is back, not even after a put-back that failed half-way.
    if (m.state.data.returning) await putBack(m);
    const proven = await onTheWord(m, 'big-switch', switchAll, beforeAnotherWord(m));
    if (proven !== undefined) return proven;
  }
}

/** @returns the proof; undefined, with `returning` set, when an app does not work on the fronts */
async function switchAll(m: Migration): Promise<string | undefined> {
  await switchApps(m);
  if (m.state.data.returning) return undefined;
  m.state.doing('moves the quorum to the new side');
  quorumFollows(m);
  m.state.record(await m.world.moveQuorum({ to: 'new' }));
  // With no app left to switch, as after a reset, it was the first change.
  if (m.state.data.word?.gate === 'big-switch' && patched(PROVES_FOR_QUORUM)) firstChangeMade(m, 'big-switch');
  m.state.doing('proves that no app is left on the old nodes');
  return (await m.world.proveSwitched()).proven;
}

/** Changes of the order of commands: runs that were begun before them go on as they began. */
const PROVES_FOR_QUORUM = 'proves-before-the-quorum-follows';
const BATCH_BY_BATCH = 'puts-back-batch-by-batch';

/** Switches batch by batch, until the quorum may follow; ends with `returning` set when an app does not work on the fronts. */
async function switchApps(m: Migration): Promise<void> {
  const { switchedApps } = m.state.data;
  const waiting = withCanary(m).map((batch) => batch.filter((host) => !switchedApps.includes(host)));
  const batches = waiting.filter((batch) => batch.length > 0);
  const ready = provedAfterPause(m);
  try {
    await moveApps(m, {
      to: 'new',
      batches,
      watchSeconds: m.plan.switch.watchSeconds,
      ready,
      moved: () => firstChangeMade(m, 'big-switch'),
    });
    if (patched(PROVES_FOR_QUORUM)) await ready();
  } catch (error) {
    if (isNoFailure(error) || failureType(error) === FAILURES.OTHER_RUN) throw error;
    // One that was given up meanwhile says nothing of the others.
    const all = batches.flat();
    if (m.state.stillThere(all).length < all.length) throw error;
    const { switchedApps: well } = m.state.data;
    // Those that did not work are of the batch that was under way.
    const under = batches.find((batch) => batch.some((host) => !well.includes(host))) ?? [];
    const failed = isNotAnyMore(error) ? [] : under;
    m.state.set({
      returning: { hosts: [...failed, ...[...well].reverse()], reason: sentence(error) },
      // The word was given for a switch that works.
      word: undefined,
      passed: m.state.data.passed.filter((passed) => passed.gate !== 'big-switch'),
    });
  }
}

/** Gives every app its old file back, those that did not work first; the next try needs a new word. */
async function putBack(m: Migration): Promise<void> {
  const { hosts: all = [], reason = '' } = m.state.data.returning ?? {};
  const hosts = m.state.stillThere(all);
  if (patched(BATCH_BY_BATCH)) {
    await moveApps(m, { to: 'old', batches: inBatches(m, hosts) });
  } else {
    m.state.doing(`puts ${hosts.join(', ')} back on the old nodes: ${reason}`);
    const back = async (host: string) => {
      m.state.recordUndone(await m.world.undoHost({ host, phases: ['switch'] }));
    };
    await onEach(hosts, back, m.plan.switch.batch);
  }
  if (m.state.data.switchProved?.quorum) m.state.record(await m.world.moveQuorum({ to: 'old' }));
  m.state.set({
    returning: undefined,
    switchProved: undefined,
    switchedApps: [],
    pointedApps: [],
    reopenedBecause: `the apps went back to the old nodes (${hosts.join(', ')}): ${reason}`,
  });
}
