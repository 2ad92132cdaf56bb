import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  TemporalFailure,
} from '@temporalio/workflow';
import type { ReportFiles } from '../contract/activities';
import type { Phase } from '../contract/phases';
import { bridge } from './bridge';
import { CANCELLATION, SafePoint } from './control';
import { drain } from './drain';
import { sentence } from './failures';
import { front } from './front';
import { registerHandlers } from './handlers';
import { join } from './join';
import { begin, type CarriedOn, type Migration } from './migration';
import { preflight } from './preflight';
import { redirect } from './redirect';
import { replicate } from './replicate';
import { report } from './report';
import { rollBack } from './rollback';
import { bigSwitch } from './switch';
import { teardown } from './teardown';
import { keepThrottle, watch } from './watch';

/** How a migration ended, and where its report is. */
export interface MigrationResult {
  outcome: 'migrated' | 'rolled-back';
  reason?: string;
  report: ReportFiles;
}

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
      m.state.set({ gate: undefined, draining: undefined });
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
      await phase(m, 'preflight', preflight);
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

function startWatch(m: Migration): void {
  m.background.start([() => watch(m), () => keepThrottle(m)]);
}

async function phase(m: Migration, name: Phase, run: (m: Migration) => Promise<string>): Promise<void> {
  if (m.state.ended(name)) return;
  m.control.throwIfTurned();
  m.state.begin(name);
  const summary = await m.control.insist(name, () => run(m));
  m.state.end(name, summary);
}

async function finish(m: Migration): Promise<MigrationResult> {
  const { rollback } = m.state.data;
  const outcome = rollback ? 'rolled-back' : 'migrated';
  await m.background.stop();
  m.state.set({ outcome });
  m.state.begin('report');
  const files = await m.control.insist('report', () => report(m, outcome, rollback?.reason));
  m.state.end('report', `report in ${files.html}`);
  m.state.doing(outcome === 'migrated' ? `migrated; ${files.html}` : `rolled back; ${files.html}`);
  await allSaid(m);
  if (rollback?.cancelled) throw new CancelledFailure(`rolled back after a cancellation; report in ${files.html}`);
  return { outcome, reason: rollback?.reason, report: files };
}

/** A refused preflight gets a report too; that it can't be written changes nothing of the refusal. */
async function lastWords(m: Migration, error: TemporalFailure): Promise<void> {
  await m.background.stop();
  m.state.set({ outcome: 'failed', doing: sentence(error) });
  try {
    await report(m, 'failed', sentence(error));
  } catch (second) {
    m.state.doing(`${sentence(error)}\n(no report: ${sentence(second)})`);
  }
  await allSaid(m);
}

/** Waits until nothing of what was said to the run, or is to be told of it, would be lost with its end. */
async function allSaid(m: Migration): Promise<void> {
  await condition(allHandlersFinished);
  await m.notices.handedOver();
}

/** Goes on in a new run, with an empty history; nothing is under way here. */
async function goOnInNewRun(m: Migration): Promise<never> {
  await m.background.stop();
  await allSaid(m);
  const next: CarriedOn = { plan: m.plan, carried: m.state.data };
  return continueAsNew<typeof migrateCluster>(next);
}

/** A cancellation from the UI or CLI is the wish to go back. */
function cancelled(m: Migration): void {
  const refusal = m.control.cancel();
  const note = 'the workflow was cancelled';
  m.state.audit({ kind: 'rollback', by: CANCELLATION, note, accepted: refusal === undefined, reason: refusal });
}
