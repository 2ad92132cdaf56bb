import { isCancellation } from '@temporalio/workflow';
import { switchOrder } from '../../plan/hosts';
import { FAILURES } from '../../contract/failures';
import { failureType, sentence } from '../run/failures';
import { firstChangeMade } from '../gate/first-change';
import { bringOver } from '../gate/tend';
import { onTheWord } from '../gate/word';
import type { Migration } from '../run/migration';
import { onEach } from '../run/parallel';

/**
 * Phase 6: after a person's word the apps go to the fronts, a canary first, and the quorum follows them. If one app does not
 * work there, all go back, and the gate opens again with the reason.
 */
export async function bigSwitch(m: Migration): Promise<string> {
  for (;;) {
    // Nobody is asked before every app is back, not even after a put-back that failed half-way.
    if (m.state.data.returning) await putBack(m);
    const proven = await onTheWord(m, 'big-switch', switchAll, bringOver(m, 'both'));
    if (proven !== undefined) return proven;
  }
}

/** @returns the proof; undefined, with `returning` set, when an app does not work on the fronts */
async function switchAll(m: Migration): Promise<string | undefined> {
  await switchApps(m);
  if (m.state.data.returning) return undefined;
  m.state.doing('moves the quorum to the new side');
  m.state.record(await m.world.moveQuorum({ to: 'new' }));
  m.state.doing('proves that no app is left on the old nodes');
  return (await m.world.proveSwitched()).proven;
}

/** Switches batch by batch; ends early, with `returning` set, when an app does not work on the fronts. */
async function switchApps(m: Migration): Promise<void> {
  for (const batch of batches(m)) {
    const waiting = batch.filter((host) => !m.state.data.switchedApps.includes(host));
    if (waiting.length > 0) await switchBatch(m, waiting);
    if (m.state.data.returning) return;
  }
}

/** The canary alone, then the others, `switch.batch` at a time. */
function batches(m: Migration): string[][] {
  const [canary = '', ...others] = switchOrder(m.plan);
  const size = m.plan.switch.batch;
  const count = Math.ceil(others.length / size);
  return [[canary], ...Array.from({ length: count }, (_, i) => others.slice(i * size, (i + 1) * size))];
}

async function switchBatch(m: Migration, hosts: string[]): Promise<void> {
  m.state.doing(`switches ${hosts.join(', ')} to the fronts`);
  const { switchedApps } = m.state.data;
  const all = [...switchedApps, ...hosts];
  try {
    await onEach(hosts, async (host) => {
      m.state.record(await m.world.switchApp({ host }));
      firstChangeMade(m, 'big-switch');
    });
    m.state.doing(`watches ${all.join(', ')} on the fronts`);
    // Those of earlier batches too: with each batch the fronts have more to do.
    await m.world.watchApps({ hosts: all, seconds: m.plan.switch.watchSeconds });
    m.state.set({ switchedApps: all });
  } catch (error) {
    if (isCancellation(error) || failureType(error) === FAILURES.OTHER_RUN) throw error;
    m.state.set({
      returning: { hosts: [...hosts, ...[...switchedApps].reverse()], reason: sentence(error) },
      // The word was given for a switch that works.
      word: undefined,
      passed: m.state.data.passed.filter((passed) => passed.gate !== 'big-switch'),
    });
  }
}

/** Gives every app its old file back, those that did not work first; the next try needs a new word. */
async function putBack(m: Migration): Promise<void> {
  const { hosts = [], reason = '' } = m.state.data.returning ?? {};
  m.state.doing(`puts ${hosts.join(', ')} back on the old nodes: ${reason}`);
  const back = async (host: string) => {
    m.state.recordUndone(await m.world.undoHost({ host, phases: ['switch'] }));
  };
  // Each undo restarts its app: not all of them at once.
  await onEach(hosts, back, m.plan.switch.batch);
  m.state.set({
    returning: undefined,
    switchedApps: [],
    reopenedBecause: `the apps went back to the old nodes (${hosts.join(', ')}): ${reason}`,
  });
}
