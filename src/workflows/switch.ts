import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { switchOrder } from '../plan/hosts';
import { sentence } from './failures';
import { passGate } from './gate';
import type { Migration } from './migration';
import { onEach } from './parallel';

/** Phase 6: after a person's word the apps go to the fronts, a canary first, and the quorum follows them. */
export async function bigSwitch(m: Migration): Promise<string> {
  // While people think, new indices may appear: their shards get a copy on both sides too.
  await passGate(m, 'big-switch', async () => m.state.progressed(await m.world.replicate({})));

  for (const batch of batches(m)) {
    const waiting = batch.filter((host) => !m.state.data.switchedApps.includes(host));
    if (waiting.length > 0) await switchBatch(m, waiting);
  }

  m.state.doing('moves the quorum to the new side');
  m.state.record(await m.world.moveQuorum({ to: 'new' }));
  m.state.doing('proves that no app is left on the old nodes');
  return (await m.world.proveSwitched()).proven;
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
  try {
    await onEach(hosts, async (host) => m.state.record(await m.world.switchApp({ host })));
    m.state.doing(`watches ${hosts.join(', ')} on the fronts`);
    await m.world.watchApps({ hosts, seconds: m.plan.switch.watchSeconds });
  } catch (error) {
    if (isCancellation(error)) throw error;
    await putBack(m, hosts, sentence(error));
  }
  m.state.set({ switchedApps: [...m.state.data.switchedApps, ...hosts] });
}

/** Gives the apps of a batch that did not work their old files back; the next try needs a new approval. */
async function putBack(m: Migration, hosts: string[], reason: string): Promise<never> {
  m.state.doing(`puts ${hosts.join(', ')} back on the old nodes`);
  await onEach(hosts, async (host) => m.state.recordUndone(await m.world.undoHost({ host, phases: ['switch'] })));
  m.state.set({ passed: m.state.data.passed.filter((passed) => passed.gate !== 'big-switch') });
  throw ApplicationFailure.nonRetryable(`${hosts.join(', ')} did not work on the fronts and went back: ${reason}`);
}
