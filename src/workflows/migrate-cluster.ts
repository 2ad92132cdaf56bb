import { CancellationScope, patched, TemporalFailure } from '@temporalio/workflow';
import type { Phase } from '../contract/phases';
import { bridge } from './phases/bridge';
import { claimHosts } from './phases/claim';
import { CANCELLATION } from './run/control';
import { drain } from './phases/drain';
import { finish, goOnInNewRun, lastWords, type MigrationResult } from './run/ending';
import { front } from './phases/front';
import { registerHandlers } from './messages/handlers';
import { join } from './phases/join';
import { begin, type Migration } from './run/migration';
import { preflight } from './phases/preflight';
import { redirect } from './phases/redirect';
import { replicate } from './phases/replicate';
import { rollBack } from './rollback/rollback';
import { SafePoint } from './run/safe-point';
import { bigSwitch } from './phases/switch';
import { teardown } from './phases/teardown';
import { startWatch } from './run/watch';

/** Change of the order of commands: runs that were begun before it go on as they began. */
const WATCHED = 'a-blocked-run-is-watched';

/**
 * Moves a live Elasticsearch cluster to new hosts. Takes the plan as one JSON object, from the UI, the CLI or code.
 * A cancellation is a rollback too.
 * @throws ApplicationFailure InvalidPlan or PreflightFailed before anything was touched; CancelledFailure after a
 * cancellation, when all is as it was before
 */
export async function migrateCluster(input: unknown): Promise<MigrationResult> {
  const m = begin(input);
  registerHandlers(m);
  void CancellationScope.current().cancelRequested.catch(() => cancelled(m));
  return CancellationScope.nonCancellable(() => migrate(m));
}

async function migrate(m: Migration): Promise<MigrationResult> {
  try {
    if (!m.state.data.rollback) await goForward(m);
    if (m.state.data.rollback) {
      // A run that goes on where another one ended has no watch yet.
      if (m.state.begun('bridge')) startWatch(m);
      m.state.set({ gate: undefined, word: undefined, draining: undefined });
      await rollBack(m);
    }
    return await finish(m);
  } catch (error) {
    if (error instanceof SafePoint) return goOnInNewRun(m);
    if (error instanceof TemporalFailure && !m.state.data.rollback) await lastWords(m, error);
    throw error;
  }
}

/** The whole story; it ends early when a rollback cancels it. */
async function goForward(m: Migration): Promise<void> {
  try {
    await m.control.forward(async () => {
      // One that begins blocked waits for days, maybe, and is watched all the same.
      if (m.state.data.blocked !== undefined && patched(WATCHED)) startWatch(m);
      await phase(m, 'preflight', preflight);
      await m.control.insist('claim of the hosts', () => claimHosts(m));
      startWatch(m);
      await phase(m, 'bridge', bridge);
      await phase(m, 'redirect', redirect);
      await phase(m, 'join', join);
      await phase(m, 'replicate', replicate);
      await phase(m, 'front', front);
      await phase(m, 'switch', bigSwitch);
      await phase(m, 'drain', drain);
      await phase(m, 'teardown', teardown);
    });
  } catch (error) {
    if (!(error instanceof TemporalFailure && m.state.data.rollback)) throw error;
  }
}

async function phase(m: Migration, name: Phase, run: (m: Migration) => Promise<string>): Promise<void> {
  if (m.state.ended(name)) return;
  m.control.throwIfTurned();
  m.state.begin(name);
  const summary = await m.control.insist(name, () => run(m));
  m.state.end(name, summary);
}

/** A cancellation from the UI or CLI is the wish to go back. */
function cancelled(m: Migration): void {
  const refusal = m.control.cancel();
  const note = 'the workflow was cancelled';
  m.state.audit({ kind: 'rollback', by: CANCELLATION, note, accepted: refusal === undefined, reason: refusal });
}
